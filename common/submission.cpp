#include "common/submission.h"

#include <algorithm>
#include <ctime>
#include <set>
#include <unordered_set>

#include "common/line_ends.h"
#include "common/privacy/mailbox_reader.h"
#include "common/privacy/message_view.h"
#include "common/random_token.h"

namespace mail
{
namespace
{

using mail::privacy::equals_ignoring_case;
using mail::privacy::HeaderField;
using mail::privacy::MessageView;

constexpr std::string_view kResent = "resent-";
/// Where no domain is known (RFC 2606: nobody's).
constexpr std::string_view kNoDomain = "id.example";

bool is(const HeaderField& field, std::string_view name)
{
    return equals_ignoring_case(field.name, name);
}

bool is_resent(const HeaderField& field)
{
    return equals_ignoring_case(field.name.substr(0, kResent.size()), kResent);
}

/// A block was put in front as a whole, so a name that comes again, or a trace, begins an older
/// one.
std::vector<HeaderField> newest_resent_block(const MessageView& view)
{
    std::vector<HeaderField> block;
    std::set<std::string> names;
    for (const HeaderField& field : view.fields) {
        const bool is_trace = is(field, "Received") || is(field, "Return-Path");
        if (!block.empty() && is_trace) break;
        if (!is_resent(field)) continue;
        if (!names.insert(mail::privacy::lowered(field.name)).second) break;
        block.push_back(field);
    }
    return block;
}

/// Of a resent mail its newest block, the names without "Resent-"; else all fields.
std::vector<HeaderField> addressing_fields(const MessageView& view)
{
    std::vector<HeaderField> block = newest_resent_block(view);
    if (block.empty()) return view.fields;
    for (HeaderField& field : block) field.name.remove_prefix(kResent.size());
    return block;
}

std::string first_address(const std::vector<HeaderField>& fields, std::string_view name)
{
    for (const HeaderField& field : fields) {
        if (!is(field, name)) continue;
        const auto mailboxes = mail::privacy::read_mailboxes(field.body);
        if (!mailboxes.empty()) return mailboxes.front().text();
    }
    return {};
}

void add_each_once(std::vector<std::string>& list, const std::vector<std::string>& more)
{
    for (const std::string& one : more)
        if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(one);
}

std::string without_blind_copies(std::string_view content)
{
    std::string kept;
    std::size_t done = 0;
    const auto view = mail::privacy::view_message(content);
    for (const HeaderField& field : view.fields) {
        if (!is(field, "Bcc") && !is(field, "Resent-Bcc")) continue;
        kept.append(content.substr(done, field.offset - done));
        done = field.offset + field.raw.size();
    }
    return kept.append(content.substr(done));
}

/// `"Ann \"A\" Smith" <ann@example.org>`, without what would end the line.
std::string from_field(const std::string& address, const std::string& full_name)
{
    if (full_name.empty()) return "From: " + address + "\r\n";
    std::string quoted;
    for (const char c : full_name) {
        if (c == '"' || c == '\\') quoted += '\\';
        if (static_cast<unsigned char>(c) >= ' ' && c != '\x7f') quoted += c;
    }
    return "From: \"" + quoted + "\" <" + address + ">\r\n";
}

std::string domain_of(std::string_view address)
{
    const std::size_t at = address.rfind('@');
    const std::string_view domain = at == std::string_view::npos ? "" : address.substr(at + 1);
    const bool is_name = domain.find('.') != std::string_view::npos &&
                         domain.find_first_not_of(
                             "abcdefghijklmnopqrstuvwxyz"
                             "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") == std::string_view::npos;
    return std::string(is_name ? domain : kNoDomain);
}

}  // namespace

std::string rfc5322_date(mail::WallTime time)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char text[64];
    std::snprintf(text, sizeof text, "%s, %d %s %d %02d:%02d:%02d +0000", kDays[utc.tm_wday],
                  utc.tm_mday, kMonths[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min,
                  utc.tm_sec);
    return text;
}

std::vector<std::string> header_recipients(std::string_view content)
{
    const auto view = mail::privacy::view_message(content);
    std::vector<std::string> list;
    std::unordered_set<std::string> known;  // a header may name tens of thousands
    for (const HeaderField& field : addressing_fields(view)) {
        if (!is(field, "To") && !is(field, "Cc") && !is(field, "Bcc")) continue;
        for (const auto& mailbox : mail::privacy::read_mailboxes(field.body))
            if (known.insert(mailbox.text()).second) list.push_back(mailbox.text());
    }
    return list;
}

std::string header_sender(std::string_view content)
{
    const auto view = mail::privacy::view_message(content);
    const auto fields = addressing_fields(view);
    const std::string sender = first_address(fields, "Sender");
    return sender.empty() ? first_address(fields, "From") : sender;
}

mail::Result<mail::Record> submitted_mail(std::string_view text, const SubmissionOrders& orders,
                                          mail::WallTime now)
{
    const std::string content = with_crlf_line_ends(text);
    mail::Record record;
    record.id = mail::SpoolId::generate(now);
    record.timestamp = mail::record_timestamp(now);
    record.subject = mail::privacy::decoded_subject(content);

    auto& envelope = record.envelope;
    add_each_once(envelope.recipients, orders.recipients);
    if (orders.recipients.empty() || orders.adds_header_recipients)
        add_each_once(envelope.recipients, header_recipients(content));
    if (envelope.recipients.empty())
        return mail::Error{mail::ErrorKind::malformed,
                           "no recipient is given, and the header names none"};
    if (orders.has_sender)
        envelope.reverse_path = orders.sender == "<>" ? "" : orders.sender;
    else
        envelope.reverse_path = header_sender(content);
    if (!orders.has_sender && envelope.reverse_path.empty())
        return mail::Error{mail::ErrorKind::malformed,
                           "no sender: the header has no From, and -f is not given"};
    const auto is_wide = [](const std::string& address) {
        return std::any_of(address.begin(), address.end(),
                           [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    };
    envelope.smtputf8 =
        is_wide(envelope.reverse_path) ||
        std::any_of(envelope.recipients.begin(), envelope.recipients.end(), is_wide);
    record.content = without_blind_copies(content);
    return record;
}

std::string with_demanded_fields(const mail::Record& record, const std::string& full_name,
                                 mail::WallTime now)
{
    return with_demanded_fields(record, FieldWords{.full_name = full_name}, now);
}

std::string with_demanded_fields(const mail::Record& record, const FieldWords& words,
                                 mail::WallTime now)
{
    const auto view = mail::privacy::view_message(record.content);
    const std::string& sender = words.from.empty() ? record.envelope.reverse_path : words.from;
    std::string fields;
    if (view.find("From") == nullptr && !sender.empty())
        fields += from_field(sender, words.full_name);
    if (view.find("Date") == nullptr) fields += "Date: " + rfc5322_date(now) + "\r\n";
    if (view.find("Message-ID") == nullptr) {
        const std::string from = first_address(view.fields, "From");
        const std::string domain =
            words.domain.empty() ? domain_of(from.empty() ? sender : from) : words.domain;
        fields += "Message-ID: <" + mail::random_token() + "@" + domain + ">\r\n";
    }
    const bool has_header = !view.fields.empty() || record.content.starts_with("\r\n");
    if (!fields.empty() && !has_header) fields += "\r\n";
    return fields + record.content;
}

}  // namespace mail
