#include "postman/accounts/table_lines.h"

#include <algorithm>

#include "common/privacy/ascii.h"

namespace postman
{
namespace
{

constexpr std::size_t kMaxLineBytes = 64 * 1024;

}  // namespace

mail::Error at_table_line(int number, const std::string& fault)
{
    return {mail::ErrorKind::malformed, "line " + std::to_string(number) + ": " + fault};
}

mail::Result<std::vector<TableLine>> table_lines(std::string_view text)
{
    using mail::privacy::is_blank;
    using mail::privacy::trimmed;
    std::vector<TableLine> lines;
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.find('\0') != line.npos) return at_table_line(number, "holds a NUL");
        const std::string_view content = trimmed(line);
        if (content.empty() || content.starts_with('#')) continue;
        if (is_blank(line.front())) {
            if (lines.empty()) return at_table_line(number, "continues nothing");
            lines.back().value.append(" ").append(content);
        } else {
            const std::size_t key = std::min(content.find_first_of(" \t"), content.size());
            lines.push_back(
                {number, content.substr(0, key), std::string(trimmed(content.substr(key)))});
        }
        if (content.size() > kMaxLineBytes || lines.back().value.size() > kMaxLineBytes)
            return at_table_line(number, "over 64 KiB long");
    }
    for (const TableLine& line : lines)
        if (line.value.empty()) return at_table_line(line.number, "has nothing behind its key");
    return lines;
}

}  // namespace postman
