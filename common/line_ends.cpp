#include "common/line_ends.h"

namespace mail
{

std::string with_lf_line_ends(std::string_view content)
{
    std::string text;
    text.reserve(content.size());
    while (!content.empty()) {
        const std::size_t end = content.find("\r\n");
        text.append(content.substr(0, end));
        if (end == std::string_view::npos) break;
        text += '\n';
        content.remove_prefix(end + 2);
    }
    return text;
}

std::string with_crlf_line_ends(std::string_view content)
{
    std::string text;
    text.reserve(content.size() + content.size() / 32);
    while (!content.empty()) {
        const std::size_t end = content.find('\n');
        std::string_view line = content.substr(0, end);
        const bool has_end = end != std::string_view::npos;
        while (has_end && line.ends_with('\r')) line.remove_suffix(1);
        text.append(line).append(has_end ? "\r\n" : "");
        content.remove_prefix(has_end ? end + 1 : content.size());
    }
    return text;
}

}  // namespace mail
