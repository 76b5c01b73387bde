/// Does one header field show the origin? Looked for in every form, in the field as it stands and
/// as it is decoded: encoded words, tokens, percent signs.
#pragma once

#include <string_view>

#include "common/privacy/charset.h"
#include "common/privacy/gate_policy.h"
#include "common/privacy/origin_search.h"

namespace mail::privacy
{

class FieldSearch
{
public:
    /// search  outlives it
    explicit FieldSearch(const OriginSearch& search)
        : search_(search), scan_(search), charsets_(kCharsetsOfMessage)
    {
    }

    /// Does a text, as the body of a field (or a whole field), show a value of at least this
    /// weight?
    [[nodiscard]] bool shows(std::string_view text, Weight least);

private:
    void read_body(std::string_view body, std::string_view field, StreamSink& sink);

    const OriginSearch& search_;
    OriginScan scan_;
    Charsets charsets_;  // open: a header of many fields has few charsets
};

}  // namespace mail::privacy
