#include "common/smtp/reply.h"

#include <algorithm>
#include <utility>

namespace mail::smtp
{
namespace
{

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/// RFC 5321 4.2.1: the first digit 2 to 5, the second 0 to 5. 0: it is none.
int code_of(std::string_view line)
{
    if (line.size() < 3 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '5' ||
        !is_digit(line[2]))
        return 0;
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
}

std::size_t digits_at(std::string_view text, std::size_t begin)
{
    std::size_t end = begin;
    while (end < text.size() && end < begin + 3 && is_digit(text[end])) ++end;
    return end - begin;
}

}  // namespace

std::string Reply::text() const
{
    std::string text = std::to_string(code);
    for (const std::string& line : lines) text.append(line.empty() ? "" : " ").append(line);
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    return text;
}

std::string_view Reply::enhanced() const
{
    const std::string_view text = lines.empty() ? std::string_view() : lines.front();
    if (text.size() < 5 || text[0] != static_cast<char>('0' + code / 100) || text[1] != '.')
        return {};
    const std::size_t subject = digits_at(text, 2);
    const std::size_t dot = 2 + subject;
    if (subject == 0 || dot >= text.size() || text[dot] != '.') return {};
    const std::size_t detail = digits_at(text, dot + 1);
    const std::size_t end = dot + 1 + detail;
    if (detail == 0 || (end < text.size() && text[end] != ' ')) return {};
    return text.substr(0, end);
}

void ReplyParser::feed(std::string_view bytes)
{
    if (fault_.empty()) rest_.append(bytes);
}

std::optional<Reply> ReplyParser::fail(std::string fault)
{
    fault_ = std::move(fault);
    return std::nullopt;
}

std::optional<Reply> ReplyParser::next()
{
    while (fault_.empty()) {
        const std::size_t end = rest_.find('\n', seen_);
        const std::size_t line_bytes = end == std::string::npos ? rest_.size() : end;
        if (line_bytes > kMaxLineBytes) return fail("a line of its reply is over 4 KiB");
        seen_ = line_bytes;
        if (end == std::string::npos) return std::nullopt;
        std::string line = rest_.substr(0, end);
        rest_.erase(0, end + 1);
        seen_ = 0;
        if (line.ends_with('\r')) line.pop_back();
        if (auto reply = take_line(line)) return reply;
    }
    return std::nullopt;
}

std::optional<Reply> ReplyParser::take_line(std::string_view line)
{
    const int code = code_of(line);
    const char after = line.size() > 3 ? line[3] : ' ';
    if (code == 0 || (after != ' ' && after != '-')) return fail("what it says is no SMTP reply");
    if (is_amid() && code != code_) return fail("the lines of its reply differ in their code");
    reply_bytes_ += line.size();
    if (lines_.size() == kMaxLines || reply_bytes_ > kMaxReplyBytes)
        return fail("its reply is over 200 lines or 32 KiB");
    code_ = code;
    lines_.emplace_back(line.substr(std::min<std::size_t>(4, line.size())));
    if (after == '-') return std::nullopt;
    Reply reply{std::exchange(code_, 0), std::exchange(lines_, {})};
    reply_bytes_ = 0;
    return reply;
}

}  // namespace mail::smtp
