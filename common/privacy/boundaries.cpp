#include "common/privacy/boundaries.h"

#include <algorithm>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

struct BoundaryLine {
    std::size_t begin = 0;  // of the line end before it, where there is one
    std::size_t end = 0;    // after its own line end
    bool is_last = false;
};

/// A boundary line at `at`: the delimiter, `--` for the last one, blanks, the line's end.
std::optional<BoundaryLine> boundary_line_at(std::string_view body, std::size_t at,
                                             std::string_view delimiter)
{
    if (!body.substr(at).starts_with(delimiter)) return std::nullopt;
    auto end = at + delimiter.size();
    const bool is_last = body.substr(end).starts_with("--");
    if (is_last) end += 2;
    while (end < body.size() && (is_blank(body[end]) || body[end] == '\r')) ++end;
    if (end < body.size() && body[end] != '\n') return std::nullopt;
    auto begin = at;
    if (begin > 0 && body[begin - 1] == '\n') --begin;
    if (begin < at && begin > 0 && body[begin - 1] == '\r') --begin;
    return BoundaryLine{begin, std::min(end + 1, body.size()), is_last};
}

/// The next line from `at` on that begins with a hyphen.
/// Hyphens are rare in encoded parts, so this passes over those faster than line by line.
std::size_t next_hyphen_line(std::string_view body, std::size_t at)
{
    for (at = body.find('-', at); at != body.npos; at = body.find('-', at + 1)) {
        if (at == 0 || body[at - 1] == '\n') return at;
    }
    return body.size();
}

std::size_t line_end(std::string_view body, std::size_t at)
{
    const auto newline = body.find('\n', at);
    return newline == body.npos ? body.size() : newline + 1;
}

}  // namespace

std::optional<MultipartSplit> split_multipart(std::string_view body, std::string_view delimiter,
                                              std::size_t most)
{
    MultipartSplit result;
    std::optional<std::size_t> part_begin;
    auto at = next_hyphen_line(body, 0);
    while (at < body.size() && result.parts.size() < most) {
        const auto line = boundary_line_at(body, at, delimiter);
        if (!line) {
            at = next_hyphen_line(body, at + 1);
            continue;
        }
        // A part without lines: the line end before this boundary is that of the last one.
        if (part_begin) {
            const auto end = std::max(line->begin, *part_begin);
            result.parts.push_back(body.substr(*part_begin, end - *part_begin));
        } else {
            result.preamble = body.substr(0, line->begin);
        }
        part_begin = line->end;
        if (line->is_last) {
            result.epilogue = body.substr(line->end);
            return result;
        }
        at = next_hyphen_line(body, line->end);
    }
    if (!part_begin) return std::nullopt;
    result.parts.push_back(body.substr(*part_begin));
    return result;
}

std::string guessed_delimiter(std::string_view body)
{
    for (auto at = next_hyphen_line(body, 0); at < body.size();
         at = next_hyphen_line(body, at + 1)) {
        const auto line = trimmed(body.substr(at, line_end(body, at) - at));
        if (line.starts_with("--") && line.size() > 2) return std::string(line);
    }
    return {};
}

}  // namespace mail::privacy
