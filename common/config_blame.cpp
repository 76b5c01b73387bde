#include "common/config_blame.h"

namespace mail
{
namespace
{

bool continues_name(std::string_view text, std::size_t at)
{
    if (at >= text.size()) return false;
    const char c = text[at];
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool has_value(std::string_view complaint, const ConfigLine& line)
{
    return !line.value.empty() && complaint.find(line.value) != std::string_view::npos;
}

}  // namespace

std::size_t option_in(std::string_view text, std::string_view name)
{
    const std::string option = "--" + std::string(name);
    for (auto at = text.find(option); at != text.npos; at = text.find(option, at + 1)) {
        const bool begins = at == 0 || !continues_name(text, at - 1);
        if (begins && !continues_name(text, at + option.size())) return at;
    }
    return std::string::npos;
}

const ConfigLine* line_to_blame(std::string_view complaint, const std::vector<ConfigLine>& lines)
{
    const ConfigLine* blamed = nullptr;
    std::size_t first = std::string::npos;
    for (const ConfigLine& line : lines) {
        const std::size_t at = option_in(complaint, line.name);
        if (at == std::string::npos || at > first) continue;
        const bool is_closer = at < first;
        const bool fits_better = !is_closer && !has_value(complaint, *blamed);
        if (is_closer || (fits_better && has_value(complaint, line))) blamed = &line;
        first = at;
    }
    return blamed;
}

bool gives_option(std::string_view argument, std::string_view name)
{
    if (!argument.starts_with("--") || !argument.substr(2).starts_with(name)) return false;
    const std::string_view rest = argument.substr(2 + name.size());
    return rest.empty() || rest.front() == '=';
}

}  // namespace mail
