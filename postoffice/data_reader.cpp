#include "postoffice/data_reader.h"

#include <algorithm>
#include <ostream>

namespace postoffice
{
namespace
{

std::size_t count_trailing_returns(std::string_view text)
{
    const auto last = text.find_last_not_of('\r');
    return last == std::string_view::npos ? text.size() : text.size() - last - 1;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, ContentEnd end)
{
    static constexpr const char* kNames[] = {"complete", "oversize", "no_memory", "endless"};
    return out << kNames[static_cast<int>(end)];
}

DataReader::Progress DataReader::read(std::string_view input)
{
    std::string_view rest = input;
    while (!rest.empty() && at_ != At::finished) {
        switch (at_) {
            case At::line_start:
                rest = leave_line_start(rest);
                break;
            case At::dot:
                rest = leave_dot(rest);
                break;
            case At::dot_cr:
                rest = leave_dot_cr(rest);
                break;
            case At::in_line:
                rest = read_lines(rest);
                break;
            case At::finished:
                break;
        }
    }
    const std::size_t consumed = input.size() - rest.size();
    raw_bytes_ += consumed;
    const bool has_ended = at_ == At::finished || raw_bytes_ > 2 * std::uint64_t(max_bytes_) + 5;
    return {consumed, has_ended};
}

std::string_view DataReader::leave_line_start(std::string_view input)
{
    at_ = input.front() == '.' ? At::dot : At::in_line;
    return input.substr(at_ == At::dot ? 1 : 0);
}

std::string_view DataReader::leave_dot(std::string_view input)
{
    at_ = input.front() == '\r' ? At::dot_cr : At::in_line;  // the dot was stuffing: it is gone
    return input.substr(at_ == At::dot_cr ? 1 : 0);
}

std::string_view DataReader::leave_dot_cr(std::string_view input)
{
    if (input.front() == '\n') {
        at_ = At::finished;
        return input.substr(1);
    }
    pending_returns_ = 1;
    at_ = At::in_line;
    return input;
}

// Reads on until a line starts with a dot or the input is used up. Lines that are canonical already
// are kept in one piece, as many as there are.
std::string_view DataReader::read_lines(std::string_view input)
{
    std::size_t kept = 0;  // input before it is dealt with
    std::size_t line = 0;  // where the current line starts
    for (;;) {
        const auto feed = input.find('\n', line);
        const bool has_feed = feed != std::string_view::npos;
        const std::string_view text = input.substr(line, has_feed ? feed - line : feed);
        const std::size_t returns = count_trailing_returns(text);
        if (returns < text.size()) keep_pending_returns();  // those CRs were inside a line
        if (!has_feed) {
            keep(input.substr(kept, input.size() - returns - kept));
            pending_returns_ += returns;
            return {};
        }
        const bool is_real_end = returns + pending_returns_ > 0;
        if (returns != 1 || pending_returns_ > 0) {
            keep(input.substr(kept, feed - returns - kept));
            keep("\r\n");
            pending_returns_ = 0;
            kept = feed + 1;
        }
        line = feed + 1;
        if (is_real_end && line < input.size() && input[line] == '.') {
            keep(input.substr(kept, line - kept));
            at_ = At::line_start;
            return input.substr(line);
        }
        if (line == input.size()) {
            keep(input.substr(kept));
            at_ = is_real_end ? At::line_start : At::in_line;
            return {};
        }
    }
}

void DataReader::keep_pending_returns()
{
    static constexpr std::string_view kReturns = "\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r\r";
    for (; pending_returns_ > 0 && is_keeping_;) {
        const std::string_view some = kReturns.substr(0, pending_returns_);
        keep(some);
        pending_returns_ -= some.size();
    }
    pending_returns_ = 0;
}

void DataReader::keep(std::string_view octets)
{
    if (!is_keeping_) return;
    if (content_.size() + octets.size() > max_bytes_) {
        is_oversize_ = true;
        drop();
        return;
    }
    content_.append(octets);
}

void DataReader::drop()
{
    is_keeping_ = false;
    content_.clear();
}

ContentEnd DataReader::end() const
{
    if (at_ != At::finished) return ContentEnd::endless;
    if (is_oversize_) return ContentEnd::oversize;
    return is_keeping_ ? ContentEnd::complete : ContentEnd::no_memory;
}

std::size_t DataReader::growth_of(std::size_t input_bytes) const
{
    if (!is_keeping_) return 0;
    const std::uint64_t most = 2 * std::uint64_t(input_bytes) + pending_returns_;
    return static_cast<std::size_t>(std::min<std::uint64_t>(most, max_bytes_ - content_.size()));
}

}  // namespace postoffice
