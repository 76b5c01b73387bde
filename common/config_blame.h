/// Whose fault it is: from the words of a complaint to the line of the file, or the variable, that
/// gave what they are about. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/config.h"

namespace mail
{

/// Where "--name" stands in `text` as a word of its own ("--dsn" does not stand in "--dsn-domain").
/// returns  std::string::npos: nowhere
[[nodiscard]] std::size_t option_in(std::string_view text, std::string_view name);

/// The line that a complaint is about: of the option that it names first; of several lines for that
/// one, the line whose value the complaint has, else the first.
/// returns  null: no line of these
[[nodiscard]] const ConfigLine* line_to_blame(std::string_view complaint,
                                              const std::vector<ConfigLine>& lines);

/// Does an argument give the option: "--name", "--name=value"?
[[nodiscard]] bool gives_option(std::string_view argument, std::string_view name);

}  // namespace mail
