#include "postoffice/line_reader.h"

namespace postoffice
{

LineReader::Line LineReader::next(std::string_view buffered, std::size_t max_bytes)
{
    for (;;) {
        const auto feed = buffered.find('\n', scanned_);
        if (feed == std::string_view::npos) break;
        const bool is_crlf = feed > 0 && buffered[feed - 1] == '\r';
        if (is_crlf || feed + 1 == buffered.size())
            return finish(buffered, feed, is_crlf, max_bytes);
        scanned_ = feed + 1;  // a bare LF with more behind it: part of a line that will be refused
    }
    scanned_ = buffered.size();
    if (buffered.size() < max_bytes) return {};
    // Keep the last byte: it may be the CR of the line's end.
    is_discarding_ = true;
    scanned_ = 1;
    return {Kind::none, {}, buffered.size() - 1};
}

LineReader::Line LineReader::finish(std::string_view buffered, std::size_t feed, bool is_crlf,
                                    std::size_t max_bytes)
{
    const std::string_view text = buffered.substr(0, is_crlf ? feed - 1 : feed);
    const bool was_discarding = is_discarding_;
    is_discarding_ = false;
    scanned_ = 0;
    if (was_discarding || feed + 1 > max_bytes) return {Kind::too_long, {}, feed + 1};
    if (text.find('\n') != std::string_view::npos) return {Kind::bare_line_feed, {}, feed + 1};
    return {Kind::line, text, feed + 1};
}

}  // namespace postoffice
