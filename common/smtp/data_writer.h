/// The octets after DATA: line ends made sure, dots stuffed (RFC 5321 4.5.2), the end. A piece at a
/// time, so that memory stays flat whatever the content. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail::smtp
{

class DataWriter
{
public:
    static constexpr std::size_t kPieceBytes = 64 * 1024;

    /// content  must outlive the writer. Its line ends are CR LF; where a record has others (LF
    ///          alone, CR CR LF), they become so here: no other octet than a dot is ever added
    explicit DataWriter(std::string_view content) : rest_(content) {}

    /// Replaces `piece` by the next octets, about kPieceBytes. The last piece ends in CR LF . CR LF
    /// (or is `.` CR LF alone). Returns false when all was given.
    [[nodiscard]] bool next(std::string& piece);

private:
    void take_line(std::string& piece);

    std::string_view rest_;
    bool at_line_start_ = true;
    bool is_ended_ = false;
};

/// Holds a CR that belongs to no line end, then a dot, then CR or LF: some servers take that for
/// the end of the mail, and what follows for commands.
[[nodiscard]] bool could_end_early(std::string_view content);

}  // namespace mail::smtp
