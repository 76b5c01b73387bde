/// What the header of a message or a part says about its body (RFC 2045, 2183).
#pragma once

#include <string>
#include <string_view>

namespace mail::privacy
{

enum class TransferEncoding { identity, base64, quoted_printable, uuencode };

struct PartHeader {
    std::string_view fields;  // as they stand, without the empty line
    std::string_view late;  // fields behind a malformed line (late_fields.h); may be in `body` too
    std::string_view body;  // after the empty line, or from the malformed line on

    std::string type = "text/plain";  // lower-case
    std::string charset;              // lower-case; empty where none is given
    std::string boundary;
    TransferEncoding encoding = TransferEncoding::identity;
    std::string disposition;  // lower-case: "attachment", "inline"; empty where none is given
    bool has_file_name = false;
};

/// Reads the header at the front of `text`. What late fields say counts where the others say
/// nothing; the body then begins behind them.
///
/// default_type  what the part is where no type is given (RFC 2045 5.2)
[[nodiscard]] PartHeader read_part_header(std::string_view text, std::string_view default_type);

}  // namespace mail::privacy
