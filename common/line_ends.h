/// Line ends: CR LF as mail travels, LF for a local program or file. Everything else stays.
#pragma once

#include <string>
#include <string_view>

namespace mail
{

/// CR LF becomes LF.
[[nodiscard]] std::string with_lf_line_ends(std::string_view content);
/// LF, and any run of CR before it, becomes CR LF.
[[nodiscard]] std::string with_crlf_line_ends(std::string_view content);

}  // namespace mail
