/// Content lines of calendars, cards and directories, without their folds (RFC 5545 3.1, RFC 6350
/// 3.2, RFC 2849): programs cut them after 75 octets, wherever that is.
#pragma once

#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

/// By its type, or by its first line.
[[nodiscard]] bool has_folded_lines(std::string_view type, std::string_view front);

/// A line end with a blank behind it goes, with the blank.
class UnfoldedLines : public OctetSink
{
public:
    explicit UnfoldedLines(OctetSink& lines) : out_(lines), next_(lines) {}

    bool feed(std::string_view text) override;
    void finish() override;

private:
    void take(char octet);

    OctetBuffer out_;
    OctetSink& next_;
    bool has_return_ = false;  // kept back until it is known what follows
    bool has_feed_ = false;
};

}  // namespace mail::privacy
