/// The configuration file's grammar: `name = value` lines, # comments, values in double quotes
/// where they need it. Pure.
#include <algorithm>
#include <cctype>

#include "common/config.h"

namespace mail
{
namespace
{

constexpr std::size_t kMaxLineBytes = 64 * 1024;

bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
    return text;
}

bool is_name(std::string_view name)
{
    const auto fits = [](unsigned char c) {
        return std::islower(c) || std::isdigit(c) || c == '-';
    };
    return !name.empty() && name.front() != '-' && std::all_of(name.begin(), name.end(), fits);
}

Error at_line(int line, const std::string& fault)
{
    return Error{ErrorKind::malformed, "line " + std::to_string(line) + ": " + fault};
}

/// "…": backslash escapes the quote and itself. Only a comment may follow.
Result<std::string> quoted_value(std::string_view text, int line)
{
    std::string value;
    std::size_t at = 1;
    for (; at < text.size() && text[at] != '"'; ++at) {
        const bool escaped = text[at] == '\\' && at + 1 < text.size() &&
                             (text[at + 1] == '"' || text[at + 1] == '\\');
        if (escaped) ++at;
        value += text[at];
    }
    if (at == text.size()) return at_line(line, "a quote is not closed");
    const std::string_view rest = trimmed(text.substr(at + 1));
    if (!rest.empty() && rest.front() != '#') return at_line(line, "text after the closing quote");
    return value;
}

std::string plain_value(std::string_view text)
{
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] == '#' && (at == 0 || is_blank(text[at - 1])))
            return std::string(trimmed(text.substr(0, at)));
    return std::string(text);
}

Result<ConfigLine> parse_line(std::string_view text, int line)
{
    const auto equals = text.find('=');
    if (equals == std::string_view::npos) return at_line(line, "not `name = value`");
    const std::string_view name = trimmed(text.substr(0, equals));
    if (!is_name(name)) return at_line(line, "not a name: " + std::string(name.substr(0, 40)));
    const std::string_view value = trimmed(text.substr(equals + 1));
    if (value.empty() || value.front() != '"')
        return ConfigLine{line, std::string(name), plain_value(value)};
    auto unquoted = quoted_value(value, line);
    if (!unquoted) return std::move(unquoted).error();
    return ConfigLine{line, std::string(name), std::move(*unquoted)};
}

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

}  // namespace

Result<std::vector<ConfigLine>> parse_config(std::string_view text)
{
    std::vector<ConfigLine> lines;
    for (int number = 1; !text.empty(); ++number) {
        const auto end = text.find('\n');
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.size() > kMaxLineBytes) return at_line(number, "over 64 KiB long");
        if (line.find('\0') != std::string_view::npos) return at_line(number, "holds a NUL");
        if (line.empty() || line.front() == '#') continue;
        auto parsed = parse_line(line, number);
        if (!parsed) return std::move(parsed).error();
        lines.push_back(std::move(*parsed));
    }
    return lines;
}

std::optional<std::string> nearest_name(std::string_view name,
                                        const std::vector<std::string>& known)
{
    const std::string* best = nullptr;
    std::size_t best_distance = std::max<std::size_t>(2, name.size() / 3) + 1;
    if (name.size() > 64) return std::nullopt;
    for (const std::string& candidate : known) {
        const std::size_t distance = edit_distance(name, candidate);
        if (distance < best_distance) {
            best = &candidate;
            best_distance = distance;
        }
    }
    return best != nullptr ? std::optional(*best) : std::nullopt;
}

}  // namespace mail
