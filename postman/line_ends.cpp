#include "postman/line_ends.h"

namespace postman
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

}  // namespace postman
