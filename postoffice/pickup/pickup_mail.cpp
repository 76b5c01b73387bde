#include "postoffice/pickup/pickup_mail.h"

#include <algorithm>

#include "common/nullmailer/queue_file.h"
#include "common/privacy/message_view.h"
#include "postoffice/command.h"
#include "postoffice/mail_loop.h"

namespace postoffice
{
namespace
{

using mail::Envelope;
using mail::Record;

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The latest time that 48 bits of milliseconds and a record's timestamp both hold: year 9999.
constexpr std::int64_t kLastSecond = 253'402'300'799;

mail::WallTime time_of(const mail::nullmailer::QueuedMail& mail)
{
    return mail::WallTime(
        std::chrono::seconds(std::clamp<std::int64_t>(mail.queued_at, 0, kLastSecond)));
}

/// Takes an address as MAIL or RCPT would; what is wrong with it goes into `reason`.
std::optional<std::string> accepted_sender(const std::string& address, std::string& reason)
{
    auto parsed = parse_mail("FROM:<" + address + ">");
    if (auto* mail = std::get_if<MailArgument>(&parsed)) return std::move(mail->reverse_path);
    // Without SMTPUTF8 said, a non-ASCII address is refused for that alone.
    auto wide = parse_mail("FROM:<" + address + "> SMTPUTF8");
    if (auto* mail = std::get_if<MailArgument>(&wide)) return std::move(mail->reverse_path);
    reason = "sender: " + std::get<Reply>(wide).text;
    return std::nullopt;
}

std::optional<std::string> accepted_recipient(const std::string& address, std::string& reason)
{
    auto parsed = parse_rcpt("TO:<" + address + ">", true);
    if (auto* recipient = std::get_if<std::string>(&parsed)) return std::move(*recipient);
    if (reason.empty()) reason = "recipient: " + std::get<Reply>(parsed).text;
    return std::nullopt;
}

/// In order, each part as large as one transaction may be.
std::vector<std::vector<std::string>> in_parts(std::vector<std::string> recipients)
{
    std::vector<std::vector<std::string>> parts;
    std::size_t octets = 0;
    for (std::string& recipient : recipients) {
        octets += recipient.size();
        if (parts.empty() || parts.back().size() >= kMaxPickedRecipients ||
            octets > kMaxPickedRecipientBytes) {
            parts.emplace_back();
            octets = recipient.size();
        }
        parts.back().push_back(std::move(recipient));
    }
    return parts;
}

std::string digest_of(const mail::SpoolId& file, const Record& record)
{
    return mail::sha256_hex("pickup " + file.hex() + " " + record.sha256 + "\n" +
                            mail::nullmailer::queue_file_head(record.envelope));
}

}  // namespace

PickedMail picked_mail(mail::nullmailer::QueuedMail mail)
{
    PickedMail picked;
    std::vector<std::string> accepted;
    const auto sender = accepted_sender(mail.envelope.reverse_path, picked.reason);
    if (sender && went_in_circles(mail.content, kMaxReceived))
        picked.reason = "too many Received lines, the mail goes in circles";
    const bool is_refused = !picked.reason.empty();
    for (const std::string& address : mail.envelope.recipients) {
        auto recipient = is_refused ? std::nullopt : accepted_recipient(address, picked.reason);
        if (recipient)
            accepted.push_back(std::move(*recipient));
        else
            picked.refused.push_back(address);
    }
    if (accepted.empty()) return picked;

    Record record;
    record.content = std::move(mail.content);
    record.subject = mail::privacy::decoded_subject(record.content);
    record.timestamp = mail::record_timestamp(time_of(mail));
    record.sha256 = mail::sha256_hex(record.content);
    auto parts = in_parts(std::move(accepted));
    for (auto& recipients : parts) {
        record.envelope = {*sender, std::move(recipients), false};
        record.envelope.smtputf8 =
            !is_ascii(*sender) || !std::all_of(record.envelope.recipients.begin(),
                                               record.envelope.recipients.end(), is_ascii);
        record.id = mail::SpoolId::derived(time_of(mail), digest_of(mail.id, record));
        const bool is_last = &recipients == &parts.back();
        picked.records.push_back(is_last ? std::move(record) : record);
    }
    return picked;
}

}  // namespace postoffice
