#include "postoffice/http/posted_mail.h"

#include <algorithm>

#include "common/line_ends.h"
#include "common/privacy/ascii.h"
#include "common/privacy/mailbox_reader.h"
#include "common/privacy/message_view.h"
#include "common/submission.h"
#include "postoffice/mail_loop.h"
#include "postoffice/path.h"

namespace postoffice::http
{
namespace
{

using mail::privacy::equals_ignoring_case;
using mail::privacy::FieldReader;
using mail::privacy::HeaderField;

using Kind = PostedFault::Kind;

constexpr std::size_t kMaxHeaderBytes = std::size_t(2) << 20;  // 1,000 recipients fit
constexpr std::size_t kMaxHeaderFields = 10'000;

constexpr std::size_t kShownBytes = kMaxPathBytes;

/// What is no address may be as long as the header: enough of it to find it, for an answer and a
/// line of the log. Ends with a character that is whole.
std::string shown(const std::string& address)
{
    if (address.size() <= kShownBytes) return address;
    std::size_t end = kShownBytes;
    while (end > 0 && (static_cast<unsigned char>(address[end]) & 0xc0) == 0x80) --end;
    return address.substr(0, end) + "...";
}

/// What is taken off the header, in constant memory: a hostile one has millions of fields.
struct HeaderSurvey {
    std::size_t bytes = 0;
    std::size_t fields = 0;
    int received = 0;
    bool has_blind_copies = false;
};

bool is_blind(const HeaderField& field)
{
    return equals_ignoring_case(field.name, "Bcc") ||
           equals_ignoring_case(field.name, "Resent-Bcc");
}

HeaderSurvey survey(std::string_view content)
{
    HeaderSurvey found;
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);) {
        ++found.fields;
        if (equals_ignoring_case(field.name, "Received")) ++found.received;
        found.has_blind_copies = found.has_blind_copies || is_blind(field);
    }
    found.bytes = reader.position();
    return found;
}

std::string without_blind_copies(std::string_view content)
{
    std::string kept;
    kept.reserve(content.size());
    std::size_t done = 0;
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);) {
        if (!is_blind(field)) continue;
        kept.append(content.substr(done, field.offset - done));
        done = field.offset + field.raw.size();
    }
    return kept.append(content.substr(done));
}

/// Mostly so already, and then a large mail is not copied.
bool has_crlf_line_ends(std::string_view text)
{
    for (auto at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
        const bool has_cr = at > 0 && text[at - 1] == '\r';
        if (!has_cr || (at > 1 && text[at - 2] == '\r')) return false;
    }
    return true;
}

bool is_wide(const std::string& address)
{
    return std::any_of(address.begin(), address.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// Fills what was not said.
void complete(WantedEnvelope& wanted, std::string_view content, const SenderRules& rules)
{
    if (!wanted.sender) {
        std::string sender = mail::header_sender(content);
        if (sender.empty()) sender = rules.default_sender();
        if (!sender.empty()) wanted.sender = std::move(sender);
    }
    if (wanted.recipients.empty()) wanted.recipients = mail::header_recipients(content);
}

std::optional<PostedFault> fault_of(const WantedEnvelope& wanted, const SenderRules& rules)
{
    if (!wanted.sender) return PostedFault{Kind::no_sender};
    if (wanted.recipients.empty()) return PostedFault{Kind::no_recipients};
    if (wanted.recipients.size() > kMaxRecipients) return PostedFault{Kind::too_many_recipients};
    if (!wanted.sender->empty() && !is_address(*wanted.sender))
        return PostedFault{Kind::malformed_address, shown(*wanted.sender)};
    for (const std::string& recipient : wanted.recipients)
        if (!is_address(recipient)) return PostedFault{Kind::malformed_address, shown(recipient)};
    if (!rules.allows(*wanted.sender)) return PostedFault{Kind::sender_not_allowed, *wanted.sender};
    return std::nullopt;
}

}  // namespace

std::variant<mail::Message, PostedFault> posted_mail(std::string message, WantedEnvelope wanted,
                                                     const SenderRules& rules)
{
    if (message.empty()) return PostedFault{Kind::empty};
    if (!has_crlf_line_ends(message)) message = mail::with_crlf_line_ends(message);
    const HeaderSurvey header = survey(message);
    if (header.received > kMaxReceived) return PostedFault{Kind::in_circles};
    if (!wanted.sender || wanted.recipients.empty()) {
        if (header.bytes > kMaxHeaderBytes || header.fields > kMaxHeaderFields)
            return PostedFault{Kind::header_too_large};
        complete(wanted, message, rules);
    }
    if (auto fault = fault_of(wanted, rules)) return std::move(*fault);
    if (header.has_blind_copies) message = without_blind_copies(message);
    mail::Envelope envelope{std::move(*wanted.sender), std::move(wanted.recipients)};
    envelope.smtputf8 =
        is_wide(envelope.reverse_path) ||
        std::any_of(envelope.recipients.begin(), envelope.recipients.end(), is_wide);
    return mail::Message{std::move(envelope), std::move(message)};
}

std::string mbox_sender(std::string_view message)
{
    std::string_view line = message.substr(0, message.find('\n'));
    if (!line.starts_with("From ")) return {};
    line.remove_prefix(std::min(line.find_first_not_of(' ', 4), line.size()));
    line = line.substr(0, line.find_first_of(" \t\r"));
    if (line.starts_with('<') && line.ends_with('>')) line = line.substr(1, line.size() - 2);
    return std::string(line);
}

void remove_mbox_line(std::string& message)
{
    if (!message.starts_with("From ")) return;
    const auto end = message.find('\n');
    message.erase(0, end == std::string::npos ? message.size() : end + 1);
}

std::string from_address(std::string_view message)
{
    FieldReader reader(message.substr(0, kMaxHeaderBytes));
    for (HeaderField field; reader.next(field);) {
        if (!equals_ignoring_case(field.name, "From")) continue;
        const auto mailboxes = mail::privacy::read_mailboxes(field.body);
        if (!mailboxes.empty()) return mailboxes.front().text();
    }
    return {};
}

bool has_body(std::string_view message)
{
    FieldReader reader(message);
    for (HeaderField field; reader.next(field);) {
    }
    return reader.body_begin() < message.size();
}

}  // namespace postoffice::http
