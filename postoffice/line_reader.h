/// Finds command lines in what has come (RFC 5321 2.3.8, 4.5.3.1.4). Pure; keeps nothing but where
/// it is.
///
/// A line ends with CR LF. A bare LF ends one only where nothing is buffered behind it: a person
/// typing into netcat is welcome, and a command hidden behind a bare LF in a group is not run.
#pragma once

#include <cstddef>
#include <string_view>

namespace postoffice
{

inline constexpr std::size_t kMaxLineBytes = 2048;        // the line end included
inline constexpr std::size_t kMaxAuthLineBytes = 12'288;  // inside AUTH (RFC 4954 4)

class LineReader
{
public:
    enum class Kind { none, line, bare_line_feed, too_long };

    struct Line {
        Kind kind = Kind::none;
        std::string_view text;     // without its line end; Kind::line only
        std::size_t consumed = 0;  // bytes to drop from the front, also where there is no line yet
    };

    /// buffered  everything that has come and was not consumed; between calls it may only grow
    [[nodiscard]] Line next(std::string_view buffered, std::size_t max_bytes = kMaxLineBytes);

private:
    Line finish(std::string_view buffered, std::size_t feed, bool is_crlf, std::size_t max_bytes);

    std::size_t scanned_ = 0;     // bytes of `buffered` known to hold no line end
    bool is_discarding_ = false;  // in a line that is too long already
};

}  // namespace postoffice
