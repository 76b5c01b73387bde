#include "postmaster/queue_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "common/privacy/utf8.h"
#include "common/spool/recipient_words.h"
#include "postmaster/queue_state.h"

namespace postmaster
{
namespace
{

using mail::QueuedMail;
using mail::QueueState;
using mail::RecipientStatus;
using mail::Record;
using mail::Result;
using Recipients = std::vector<QueuedMail::Recipient>;

constexpr std::size_t kLongestListed = 300;  // octets of a subject or a reason in a list
constexpr std::size_t kMostListed = 20;      // recipients of one mail in a short line

std::string cut(std::string_view text)
{
    return std::string(mail::privacy::cut_utf8(text, kLongestListed));
}

std::int64_t seconds_of(mail::WallTime time)
{
    return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// What is known of them; where nothing is, those of the envelope, each once, all pending.
Recipients recipients_of(const QueuedMail& mail, const Record& record)
{
    if (!mail.recipients.empty()) return mail.recipients;
    Recipients recipients;
    std::set<std::string_view> seen;
    for (const std::string& address : record.envelope.recipients)
        if (seen.insert(address).second) recipients.push_back({address});
    return recipients;
}

/// Whom a release would take up: who was held, and where the whole mail was, who is pending.
std::vector<std::string> still_to_come(const QueuedMail& mail, const Record& record)
{
    std::vector<std::string> addresses;
    for (const QueuedMail::Recipient& one : recipients_of(mail, record))
        if (one.status == RecipientStatus::pending || one.status == RecipientStatus::held)
            addresses.push_back(one.address);
    return addresses;
}

Json undelivered_json(const QueuedMail& mail, const Recipients& recipients)
{
    Json list = Json::array();
    for (const QueuedMail::Recipient& one : recipients) {
        if (one.status == RecipientStatus::delivered) continue;
        Json json = {{"address", one.address}};
        const std::string& why = one.reason.empty() ? mail.reason : one.reason;
        if (!why.empty()) json["delay_reason"] = cut(why);
        list.push_back(std::move(json));
    }
    return list;
}

}  // namespace

Json queue_line(const QueuedMail& mail, const Result<Record>& record, std::uint64_t octets)
{
    const Recipients recipients = record ? recipients_of(mail, *record) : mail.recipients;
    Json json = {{"queue_name", postfix_queue_of(mail.state)},
                 {"queue_id", mail.place.id.hex()},
                 {"arrival_time", mail.place.milliseconds / 1000},
                 {"message_size", record ? record->content.size() : octets},
                 {"forced_expire", false},
                 {"sender", record ? record->envelope.reverse_path : ""},
                 {"recipients", undelivered_json(mail, recipients)},
                 {"state", word_of(mail.state)}};
    if (!mail.reason.empty()) json["reason"] = cut(mail.reason);
    if (mail.next_try) json["next_try"] = seconds_of(*mail.next_try);
    if (mail.leased_until) json["leased_until"] = seconds_of(*mail.leased_until);
    if (!record) json["error"] = cut(record.error().describe());
    return json;
}

Json head_json(const QueuedMail& mail)
{
    return {{"id", mail.place.id.hex()},
            {"state", word_of(mail.state)},
            {"since", mail::rfc3339(mail.since)},
            {"reason", mail.reason}};
}

Json short_json(const QueuedMail& mail, const Result<Record>& record)
{
    Json json = head_json(mail);
    json["reason"] = cut(mail.reason);
    if (!record) {
        json["error"] = record.error().describe();
        return json;
    }
    auto recipients = still_to_come(mail, *record);
    json["from"] = record->envelope.reverse_path;
    json["recipients"] = recipients.size();
    recipients.resize(std::min(recipients.size(), kMostListed));
    json["to"] = recipients;
    json["subject"] = cut(record->subject);
    json["size"] = record->content.size();
    return json;
}

Json recipients_json(const QueuedMail& mail, const Record& record)
{
    Json list = Json::array();
    for (const QueuedMail::Recipient& one : recipients_of(mail, record)) {
        Json json = {
            {"address", one.address}, {"status", word_of(one.status)}, {"reason", one.reason}};
        if (one.next_try) json["next_try"] = mail::rfc3339(*one.next_try);
        if (one.is_leased) json["leased"] = true;
        list.push_back(std::move(json));
    }
    return list;
}

}  // namespace postmaster
