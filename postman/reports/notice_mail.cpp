#include "postman/reports/notice_mail.h"

#include <algorithm>

#include "common/clock.h"
#include "common/privacy/message_view.h"
#include "postman/printable.h"

namespace postman
{
namespace
{

using mail::privacy::equals_ignoring_case;
using mail::privacy::lowered;
using mail::privacy::trimmed;

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// For fields of one line: no line of its own can begin in it.
std::string one_line(std::string_view text)
{
    return printable(text, 500);
}

std::string encoding_of(std::string_view body)
{
    return is_ascii(body) ? "7bit" : "8bit";
}

std::string head(const std::string& to, const std::string& subject, const std::string& automatic,
                 const NoticeNames& names)
{
    return "From: Mail Delivery System <MAILER-DAEMON@" + names.courier + ">\r\nTo: " + to +
           "\r\nSubject: " + subject + "\r\nDate: " + names.date + "\r\nMessage-ID: <" +
           names.token + "@" + names.courier + ">\r\nAuto-Submitted: " + automatic +
           "\r\nMIME-Version: 1.0\r\n";
}

std::string text_of(const FailureEntry& entry)
{
    const mail::WallTime time{std::chrono::seconds(entry.seconds)};
    std::string text = mail::rfc3339(time) + " " + one_line(entry.outcome) +
                       "\r\n  to:         " + one_line(entry.recipient) + "\r\n";
    if (!entry.message_id.empty()) text += "  message-id: " + one_line(entry.message_id) + "\r\n";
    return text + "  reason:     " + one_line(entry.reason) +
           "\r\n  id:         " + one_line(entry.id) + "\r\n\r\n";
}

/// RFC 3464 2.3: one group a recipient.
std::string status_of(const std::string& recipient, const std::string& reason)
{
    const bool is_reply = reason.size() > 3 && reason.find_first_not_of("0123456789") == 3;
    return "\r\nFinal-Recipient: rfc822; " + one_line(recipient) +
           "\r\nAction: failed\r\nStatus: " + status_code(reason) +
           "\r\nDiagnostic-Code: " + (is_reply ? "smtp; " : "x-postman; ") + one_line(reason) +
           "\r\n";
}

/// Whole fields, as many as fit.
std::string returned_header(std::string_view header)
{
    std::string kept;
    for (const auto& field : mail::privacy::view_message(header).fields) {
        if (kept.size() + field.raw.size() > kMostReturnedBytes) break;
        kept.append(field.raw);
    }
    return kept;
}

bool is_automatic_field(const mail::privacy::HeaderField& field)
{
    const std::string name = lowered(field.name);
    const std::string value = lowered(trimmed(field.body));
    if (name == "auto-submitted") return value != "no" && !value.starts_with("no;");
    if (name == "precedence")
        return value == "bulk" || value == "list" || value == "junk" || value == "auto_reply";
    return name.starts_with("list-") || name == "mailing-list" || name == "x-mailing-list" ||
           name == "x-loop";
}

}  // namespace

std::string status_code(std::string_view reason)
{
    const auto digits = [&](std::size_t& at, std::size_t most) {
        const std::size_t begin = at;
        while (at < reason.size() && at - begin < most && reason[at] >= '0' && reason[at] <= '9')
            ++at;
        return at > begin;
    };
    for (std::size_t begin = 0; begin + 4 < reason.size(); ++begin) {
        if (reason[begin] != '5' || reason[begin + 1] != '.') continue;
        const bool starts_word = begin == 0 || reason[begin - 1] == ' ' ||
                                 reason[begin - 1] == '-' || reason[begin - 1] == '#' ||
                                 reason[begin - 1] == '(';
        std::size_t at = begin + 2;
        if (!starts_word || !digits(at, 3) || at >= reason.size() || reason[at++] != '.') continue;
        if (digits(at, 3)) return std::string(reason.substr(begin, at - begin));
    }
    return "5.0.0";
}

std::string message_id_of(std::string_view header)
{
    const auto view = mail::privacy::view_message(header);
    const auto* field = view.find("Message-ID");
    return field == nullptr ? "" : std::string(trimmed(mail::privacy::unfolded(field->body)));
}

bool may_report_to_sender(const FailedMail& mail, const std::vector<std::string>& domains)
{
    const std::size_t at = mail.sender.rfind('@');
    if (at == std::string::npos || at == 0 || !is_ascii(mail.sender)) return false;
    const std::string_view domain = std::string_view(mail.sender).substr(at + 1);
    const bool is_listed = std::any_of(domains.begin(), domains.end(), [&](const std::string& one) {
        return equals_ignoring_case(one, domain);
    });
    if (!is_listed || mail.header.empty()) return false;
    if (equals_ignoring_case(mail.sender.substr(0, at), "mailer-daemon")) return false;
    const auto view = mail::privacy::view_message(mail.header);
    return std::none_of(view.fields.begin(), view.fields.end(), is_automatic_field);
}

std::string summary_mail(const std::vector<FailureEntry>& entries, const std::string& to,
                         const NoticeNames& names)
{
    const std::string count = std::to_string(entries.size());
    const std::string subject =
        "postman: " + count + (entries.size() == 1 ? " recipient" : " recipients") + " not reached";
    std::string body =
        "Mail for these recipients was not delivered. The mails are kept: \"failed\" and "
        "\"held\"\r\n"
        "in postmaster's spool or the queue's failed/ directory. The log has each id.\r\n\r\n";
    for (std::size_t i = 0; i < std::min(entries.size(), kMostEntries); ++i)
        body += text_of(entries[i]);
    if (entries.size() > kMostEntries)
        body += "and " + std::to_string(entries.size() - kMostEntries) + " more: see the log\r\n";
    return head(to, subject, "auto-generated", names) +
           "Content-Type: text/plain; charset=us-ascii\r\nContent-Transfer-Encoding: 7bit\r\n\r\n" +
           body;
}

std::string delivery_report(const FailedMail& mail, const mail::Outcome& outcome,
                            const NoticeNames& names)
{
    const std::string boundary = "=_" + names.token;
    const std::string returned = returned_header(mail.header);
    const std::string original = one_line(message_id_of(mail.header));
    std::string report = head(mail.sender, "Undelivered mail", "auto-replied", names);
    if (!original.empty())
        report += "In-Reply-To: " + original + "\r\nReferences: " + original + "\r\n";
    report += "Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"" +
              boundary + "\"\r\n\r\n--" + boundary +
              "\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n"
              "Your mail could not be delivered to these recipients, and will not be tried "
              "again:\r\n\r\n";
    for (const std::string& recipient : outcome.recipients)
        report += "    " + one_line(recipient) + "\r\n";
    report += "\r\nThe reason: " + one_line(outcome.reason) + "\r\n\r\n--" + boundary +
              "\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; " +
              names.courier + "\r\n";
    for (const std::string& recipient : outcome.recipients)
        report += status_of(recipient, outcome.reason);
    return report + "\r\n--" + boundary + "\r\nContent-Type: text/rfc822-headers\r\n" +
           "Content-Transfer-Encoding: " + encoding_of(returned) + "\r\n\r\n" + returned +
           "\r\n--" + boundary + "--\r\n";
}

}  // namespace postman
