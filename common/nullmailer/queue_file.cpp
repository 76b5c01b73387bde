#include "common/nullmailer/queue_file.h"

#include <algorithm>
#include <optional>

namespace mail::nullmailer
{
namespace
{

constexpr std::string_view kDoubleBounce = "#@[]";

/// The next line without its end; nothing where the text ends before it does.
std::optional<std::string_view> take_line(std::string_view& text)
{
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_number(std::string_view text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

Result<QueueFile> parse_queue_file(std::string_view text)
{
    const Error cut{ErrorKind::malformed, "it ends before the empty line behind its envelope"};
    QueueFile file;
    const auto sender = take_line(text);
    if (!sender) return cut;
    if (*sender != kDoubleBounce) file.envelope.reverse_path = *sender;
    file.envelope.smtputf8 = !is_ascii(*sender);
    while (true) {
        const auto recipient = take_line(text);
        if (!recipient) return cut;
        if (recipient->empty()) break;
        file.envelope.recipients.emplace_back(*recipient);
        file.envelope.smtputf8 = file.envelope.smtputf8 || !is_ascii(*recipient);
    }
    if (file.envelope.recipients.empty())
        return Error{ErrorKind::malformed, "its envelope has no recipient"};
    file.message = text;
    return file;
}

std::string queue_file_head(const Envelope& envelope)
{
    std::string head = envelope.reverse_path + "\n";
    for (const std::string& recipient : envelope.recipients) head.append(recipient).append("\n");
    return head += '\n';
}

bool is_queue_file_name(std::string_view name)
{
    const std::size_t dot = name.find('.');
    return dot != std::string_view::npos && is_number(name.substr(0, dot)) &&
           is_number(name.substr(dot + 1));
}

}  // namespace mail::nullmailer
