#include "postoffice/submit/preparation.h"

#include <algorithm>

#include "common/privacy/mailbox_reader.h"
#include "common/privacy/message_view.h"
#include "common/submission.h"

namespace postoffice::submit
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::size_t kMaxAddressBytes = 1000;

/// `From ann@example.org Fri Nov 20 …` in front of the header belongs to a mailbox file.
std::string_view without_mbox_lines(std::string_view text)
{
    while (true) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return text;
        const auto line = mail::privacy::without_line_end(text.substr(0, end + 1));
        if (!mail::privacy::is_mbox_line(line)) return text;
        text.remove_prefix(end + 1);
    }
}

bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

/// `<ann@d.example>`, `Ann <ann@d.example>` and `ann@d.example,bob@d.example` as people give them:
/// the bare addresses. What reads as none stays, for address_fault() to judge.
void add_given(std::vector<std::string>& list, const std::string& given)
{
    const bool is_bare = address_fault(given).empty() && given.find(',') == std::string::npos;
    if (is_bare || has_control(given)) {
        list.push_back(given);
        return;
    }
    const auto mailboxes = mail::privacy::read_mailboxes(given);
    if (mailboxes.empty()) list.push_back(given);
    for (const auto& mailbox : mailboxes) list.push_back(mailbox.text());
}

/// `<ann@d.example>` and `Ann <ann@d.example>` are the bare address, as with recipients.
std::string given_sender(const std::string& given)
{
    std::vector<std::string> list;
    if (!given.empty()) add_given(list, given);
    return list.size() == 1 ? list.front() : given;
}

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

mail::SubmissionOrders orders_of(std::string_view text, const SendmailArguments& arguments,
                                 const Caller& caller)
{
    mail::SubmissionOrders orders;
    for (const std::string& given : arguments.recipients) add_given(orders.recipients, given);
    orders.adds_header_recipients = arguments.takes_header_recipients;
    orders.full_name = arguments.full_name;
    orders.has_sender = true;
    if (arguments.sender)
        orders.sender = given_sender(*arguments.sender);
    else
        orders.sender = mail::header_sender(text);
    if (!arguments.sender && orders.sender.empty()) orders.sender = caller.user;
    return orders;
}

void qualify(mail::Envelope& envelope, const std::string& domain)
{
    if (!envelope.reverse_path.empty())
        envelope.reverse_path = qualified(envelope.reverse_path, domain);
    for (std::string& recipient : envelope.recipients) recipient = qualified(recipient, domain);
    envelope.smtputf8 =
        !is_ascii(envelope.reverse_path) ||
        !std::all_of(envelope.recipients.begin(), envelope.recipients.end(), is_ascii);
}

}  // namespace

Result<mail::Record> prepared_mail(std::string_view text, const SendmailArguments& arguments,
                                   const Caller& caller, mail::WallTime now)
{
    text = without_mbox_lines(text);
    const mail::SubmissionOrders orders = orders_of(text, arguments, caller);
    if (orders.recipients.empty() && !arguments.takes_header_recipients)
        return Error{ErrorKind::refused,
                     "no recipient is given: name one, or use -t for those of the header"};
    auto submitted = mail::submitted_mail(text, orders, now);
    if (!submitted) return std::move(submitted).error();
    mail::Record record = std::move(*submitted);
    qualify(record.envelope, caller.domain);
    if (const std::string fault = envelope_fault(record.envelope); !fault.empty())
        return Error{ErrorKind::malformed, fault};
    const std::string from = record.envelope.reverse_path.empty() && !caller.domain.empty()
                                 ? qualified(caller.user, caller.domain)
                                 : std::string();
    record.content = mail::with_demanded_fields(
        record,
        mail::FieldWords{.full_name = arguments.full_name, .from = from, .domain = caller.domain},
        now);
    return record;
}

std::string address_fault(std::string_view address)
{
    if (address.size() > kMaxAddressBytes) return "is over 1,000 octets long";
    bool is_quoted = false;
    for (std::size_t at = 0; at < address.size(); ++at) {
        const char c = address[at];
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return "holds a control character";
        if (is_quoted && c == '\\') {
            ++at;
            if (at < address.size() && static_cast<unsigned char>(address[at]) < ' ')
                return "holds a control character";
            continue;
        }
        if (c == '"') is_quoted = !is_quoted;
        if (!is_quoted && (c == ' ' || c == '<' || c == '>'))
            return std::string("holds a bare ") + (c == ' ' ? "space" : "angle bracket");
    }
    return is_quoted ? "has a quote that is not closed" : "";
}

std::string envelope_fault(const mail::Envelope& envelope)
{
    const std::string sender = address_fault(envelope.reverse_path);
    if (!sender.empty()) return "the sender " + sender;
    for (const std::string& recipient : envelope.recipients) {
        const std::string fault = recipient.empty() ? "is empty" : address_fault(recipient);
        if (!fault.empty()) return "a recipient " + fault;
    }
    return {};
}

std::string qualified(const std::string& address, const std::string& domain)
{
    if (domain.empty() || address.empty() || address.find('@') != std::string::npos) return address;
    return address + "@" + domain;
}

std::string_view before_lone_dot(std::string_view text)
{
    for (std::size_t begin = 0; begin < text.size();) {
        const auto end = text.find('\n', begin);
        const bool is_last = end == std::string_view::npos;
        auto line = text.substr(begin, is_last ? text.npos : end - begin);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line == ".") return text.substr(0, begin);
        if (is_last) break;
        begin = end + 1;
    }
    return text;
}

}  // namespace postoffice::submit
