#include "common/smtp/data_writer.h"

#include <algorithm>

namespace mail::smtp
{

bool DataWriter::next(std::string& piece)
{
    piece.clear();
    if (is_ended_) return false;
    while (!rest_.empty() && piece.size() < kPieceBytes) take_line(piece);
    if (!rest_.empty()) return true;
    if (!at_line_start_) piece += "\r\n";
    piece += ".\r\n";
    is_ended_ = true;
    return true;
}

/// One line, or what a piece has room for of a long one.
void DataWriter::take_line(std::string& piece)
{
    if (at_line_start_ && rest_.front() == '.') piece += '.';
    const std::string_view window = rest_.substr(0, kPieceBytes);
    const std::size_t end = window.find('\n');
    if (end == std::string_view::npos) {
        // CRs at its end may belong to a line end that begins here: they wait for the next piece,
        // unless there is nothing else.
        const std::size_t last = window.find_last_not_of('\r');
        const bool is_all = window.size() == rest_.size();
        const std::size_t taken =
            is_all || last == std::string_view::npos ? window.size() : last + 1;
        piece.append(window.substr(0, taken));
        rest_.remove_prefix(taken);
        at_line_start_ = false;
        return;
    }
    std::string_view line = window.substr(0, end);
    while (line.ends_with('\r')) line.remove_suffix(1);
    piece.append(line).append("\r\n");
    rest_.remove_prefix(end + 1);
    at_line_start_ = true;
}

bool could_end_early(std::string_view content)
{
    for (std::size_t dot = content.find("\r."); dot != std::string_view::npos;
         dot = content.find("\r.", dot + 1))
        if (dot + 2 < content.size() && (content[dot + 2] == '\r' || content[dot + 2] == '\n'))
            return true;
    return false;
}

}  // namespace mail::smtp
