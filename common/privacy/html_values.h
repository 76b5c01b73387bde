/// HTML whose quoted attribute values are on one line: browsers take line ends and tabs out of an
/// address before they go there (WHATWG URL 4.1).
#pragma once

#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

class HtmlValues : public OctetSink
{
public:
    explicit HtmlValues(OctetSink& html) : out_(html), next_(html) {}

    bool feed(std::string_view html) override;
    void finish() override;

private:
    enum class State { text, tag_begin, tag, value_begin, value };

    void take(char octet);

    OctetBuffer out_;
    OctetSink& next_;
    State state_ = State::text;
    char quote_ = '\0';
};

}  // namespace mail::privacy
