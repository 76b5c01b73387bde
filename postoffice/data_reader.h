/// The bytes after DATA: where they end, dots, line ends (RFC 5321 4.5.2). Pure; takes the raw
/// stream in any split and says how much of it was content.
///
/// The end is CR LF . CR LF and nothing else: a server that takes less can be made to read a second
/// mail out of the first (CVE-2023-51764 and its kin). Then, in this order:
///   1. one dot goes where a line starts with one, after a real CR LF only;
///   2. CRs before an LF become CR LF, and a bare LF becomes CR LF (PHP 8 through nullmailer sends
///      CR CR LF in every header); a CR inside a line stays.
/// Over its limit it keeps reading and keeps nothing, or the rest would be taken for commands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "postoffice/content.h"

namespace postoffice
{

/// How the data ended.
enum class ContentEnd {
    complete,
    oversize,   // over the limit; read to its end, nothing kept
    no_memory,  // drop() was called; read to its end, nothing kept
    endless,    // past twice the limit: not worth reading on
};
std::ostream& operator<<(std::ostream& out, ContentEnd end);

class DataReader
{
public:
    explicit DataReader(std::size_t max_content_bytes) : max_bytes_(max_content_bytes) {}

    struct Progress {
        std::size_t consumed = 0;  // bytes of the input that belong to the data
        bool has_ended = false;    // end() is known; the bytes behind `consumed` are commands
    };

    /// Takes the next bytes of the stream. Not to be called after the end.
    Progress read(std::string_view input);

    ContentEnd end() const;
    /// The most that read(input) can add to the content.
    std::size_t growth_of(std::size_t input_bytes) const;
    /// Gives the memory back and keeps nothing from here on.
    void drop();
    bool keeps() const { return is_keeping_; }

    Content& content() { return content_; }
    const Content& content() const { return content_; }

private:
    // Where in the raw stream we are.
    enum class At {
        line_start,  // after a real CR LF, or at the very start
        dot,         // ... then a dot, held back
        dot_cr,      // ... then a CR
        in_line,     // anywhere else; also after a bare LF, where a dot means nothing
        finished,
    };

    std::string_view leave_line_start(std::string_view input);
    std::string_view leave_dot(std::string_view input);
    std::string_view leave_dot_cr(std::string_view input);
    std::string_view read_lines(std::string_view input);
    void keep(std::string_view octets);
    void keep_pending_returns();

    std::size_t max_bytes_;
    std::uint64_t raw_bytes_ = 0;
    std::uint64_t pending_returns_ = 0;  // CRs seen whose meaning the next byte decides
    At at_ = At::line_start;
    bool is_keeping_ = true;
    bool is_oversize_ = false;
    Content content_;
};

}  // namespace postoffice
