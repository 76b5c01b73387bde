#include "postmaster/queue_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "common/config.h"
#include "common/log.h"
#include "common/privacy/utf8.h"
#include "postmaster/kept_lookup.h"
#include "postmaster/verdict.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::KeptMail;
using mail::RecipientStatus;
using mail::Record;
using mail::Result;
namespace log = mail::log;

constexpr int kExitRefused = 1;
constexpr int kExitNoMail = 66;              // EX_NOINPUT
constexpr std::size_t kLongestListed = 300;  // octets of a subject or a reason in a list
constexpr std::size_t kMostListed = 20;      // recipients of one mail in a list

int exit_code_for(const Error& error)
{
    switch (error.kind) {
        case ErrorKind::malformed:
        case ErrorKind::conflict:
            return mail::kExitUsage;
        case ErrorKind::missing:
            return kExitNoMail;
        case ErrorKind::refused:
        case ErrorKind::corrupt:
            return kExitRefused;
        case ErrorKind::temporary:
            break;
    }
    return mail::kExitTemporary;
}

void complain(CommandAnswer& answer, const Error& error)
{
    answer.exit_code = std::max(answer.exit_code, exit_code_for(error));
    answer.complaints.push_back(error.describe());
}

std::string_view status_word(RecipientStatus status)
{
    switch (status) {
        case RecipientStatus::delivered:
            return "delivered";
        case RecipientStatus::failed:
            return "failed";
        case RecipientStatus::held:
            return "held";
        case RecipientStatus::pending:
            break;
    }
    return "pending";
}

/// Whom a release would take up: who was held, and where the whole mail was, who is pending.
std::vector<std::string> still_to_come(const KeptMail& mail, const Record& record)
{
    std::vector<std::string> addresses;
    for (const KeptMail::Recipient& one : mail.recipients)
        if (one.status == RecipientStatus::pending || one.status == RecipientStatus::held)
            addresses.push_back(one.address);
    return mail.recipients.empty() ? record.envelope.recipients : addresses;
}

std::string cut(std::string_view text)
{
    return std::string(mail::privacy::cut_utf8(text, kLongestListed));
}

Json head_json(const KeptMail& mail)
{
    return {{"id", mail.id.hex()},
            {"state", word_of(mail.shelf)},
            {"since", mail::rfc3339(mail.since)},
            {"reason", mail.reason}};
}

Json listed_json(const KeptMail& mail, const Result<Record>& record)
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

Json recipients_json(const KeptMail& mail, const Record& record)
{
    Json list = Json::array();
    for (const KeptMail::Recipient& one : mail.recipients)
        list.push_back({{"address", one.address},
                        {"status", status_word(one.status)},
                        {"reason", one.reason}});
    if (mail.recipients.empty())
        for (const std::string& address : record.envelope.recipients)
            list.push_back({{"address", address}, {"status", "pending"}, {"reason", ""}});
    return list;
}

}  // namespace

struct QueueCommands::Row {
    std::string_view name;
    CommandAnswer (QueueCommands::*run)(const CommandCall&);
    bool wants_ids;
};

// clang-format off
const QueueCommands::Row QueueCommands::kRows[] = {
    {"held",    &QueueCommands::held,    false},
    {"show",    &QueueCommands::show,    true},
    {"release", &QueueCommands::release, true},
    {"drop",    &QueueCommands::drop,    true},
};
// clang-format on

CommandAnswer QueueCommands::run(const CommandCall& call)
{
    for (const Row& row : kRows) {
        if (row.name != call.command) continue;
        if (row.wants_ids == call.ids.empty()) break;
        return (this->*row.run)(call);
    }
    return {mail::kExitUsage, {}, {"no such command, or not with these ids"}};
}

CommandAnswer QueueCommands::held(const CommandCall&)
{
    CommandAnswer answer;
    const auto kept = hand_out_.kept();
    if (!kept) {
        complain(answer, kept.error());
        return answer;
    }
    for (const KeptMail& mail : *kept) {
        if (mail.shelf != mail::Shelf::held) continue;
        const auto record = hand_out_.read_kept(mail);
        if (!record && record.error().kind == ErrorKind::missing) continue;  // gone meanwhile
        answer.lines.push_back(json_line(listed_json(mail, record)));
    }
    return answer;
}

template <class Work>
CommandAnswer QueueCommands::for_each_id(const CommandCall& call, const Work& work)
{
    CommandAnswer answer;
    const auto kept = hand_out_.kept();
    if (!kept) {
        complain(answer, kept.error());
        return answer;
    }
    std::set<mail::SpoolId> done;
    for (const std::string& given : call.ids) {
        const auto mail = find_kept(*kept, given);
        if (!mail) {
            complain(answer, mail.error());
            continue;
        }
        if (!done.insert(mail->id).second) continue;  // named twice
        const Result<Json> line = work(*mail);
        if (line)
            answer.lines.push_back(json_line(*line));
        else
            complain(answer, line.error());
    }
    return answer;
}

CommandAnswer QueueCommands::show(const CommandCall& call)
{
    return for_each_id(call, [this](const KeptMail& mail) -> Result<Json> {
        Json json = head_json(mail);
        const auto record = hand_out_.read_kept(mail);
        if (!record && record.error().kind != ErrorKind::corrupt) return record.error();
        if (!record) {
            json["error"] = record.error().describe();
            return json;
        }
        json["from"] = record->envelope.reverse_path;
        json["to"] = recipients_json(mail, *record);
        json["subject"] = record->subject;
        json["came"] = record->timestamp + "Z";
        json["size"] = record->content.size();
        const auto inspection = inspect(std::move(record->content), record->envelope, rules_);
        json["now"] = verdict_json(inspection, record->envelope, rules_.search.get());
        return json;
    });
}

CommandAnswer QueueCommands::release(const CommandCall& call)
{
    return for_each_id(call, [this, &call](const KeptMail& mail) -> Result<Json> {
        if (auto ok = hand_out_.release_kept(mail, call.as_is); !ok) return ok.error();
        log::warning("released by the operator",
                     {{"id", mail.id.hex()}, {"as_is", call.as_is}, {"reason", mail.reason}});
        Json json = head_json(mail);
        json["as_is"] = call.as_is;
        return json;
    });
}

CommandAnswer QueueCommands::drop(const CommandCall& call)
{
    return for_each_id(call, [this](const KeptMail& mail) -> Result<Json> {
        const auto record = hand_out_.read_kept(mail);
        if (auto ok = hand_out_.drop_kept(mail); !ok) return ok.error();
        log::warning("dropped by the operator", {{"id", mail.id.hex()}, {"reason", mail.reason}});
        Json json = listed_json(mail, record);
        json["dropped"] = true;
        return json;
    });
}

}  // namespace postmaster
