/// Line ends for a local program or file: CR LF becomes LF, everything else stays.
#pragma once

#include <string>
#include <string_view>

namespace postman
{

[[nodiscard]] std::string with_lf_line_ends(std::string_view content);

}  // namespace postman
