/// The commands that change the queue. Each is durable, and logged, when it is answered.
#include <nlohmann/json.hpp>

#include "common/log.h"
#include "postmaster/queue_commands.h"
#include "postmaster/queue_json.h"
#include "postmaster/queue_state.h"

namespace postmaster
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::QueuedMail;
using mail::QueueState;
using mail::Result;
namespace log = mail::log;

constexpr const char* kHeldByOperator = "held by the operator";
constexpr const char* kBuriedByOperator = "buried by the operator";
constexpr std::size_t kMostDueAtOnce = 1000;            // mails in one change of the journal
constexpr std::size_t kMostRecipientsDueAtOnce = 5000;  // of them; of one mail as many as it has

bool is_on_shelf(const QueuedMail& mail)
{
    return mail.state == QueueState::held || mail.state == QueueState::failed ||
           mail.state == QueueState::corrupt;
}

Error is_already(const QueuedMail& mail)
{
    return {ErrorKind::refused,
            "mail " + mail.place.id.hex() + " is " + std::string(word_of(mail.state)) + " already"};
}

Error is_corrupt(const QueuedMail& mail)
{
    return {ErrorKind::refused, "mail " + mail.place.id.hex() +
                                    " is corrupt: that is for a person, in the spool's corrupt/"};
}

void log_deed(const char* event, const QueuedMail& mail)
{
    log::warning(
        event,
        {{"id", mail.place.id.hex()}, {"state", word_of(mail.state)}, {"reason", mail.reason}});
}

}  // namespace

CommandAnswer QueueCommands::release(const CommandCall& call)
{
    return for_each_id(call, [this, &call](const QueuedMail& mail) -> Result<Json> {
        const auto kept = kept_of(mail);
        if (!kept) return kept.error();
        if (auto ok = hand_out_.release_kept(*kept, call.as_is); !ok) return ok.error();
        log::warning("released by the operator",
                     {{"id", mail.place.id.hex()}, {"as_is", call.as_is}, {"reason", mail.reason}});
        Json json = head_json(mail);
        json["as_is"] = call.as_is;
        return json;
    });
}

CommandAnswer QueueCommands::retry(const CommandCall& call)
{
    if (call.ids == std::vector<std::string>{"all"}) return retry_all(call);
    return for_each_id(call, [this](const QueuedMail& mail) -> Result<Json> {
        if (auto ok = retry_one(mail); !ok) return ok.error();
        log_deed("retried by the operator", mail);
        Json json = head_json(mail);
        json["retried"] = true;
        return json;
    });
}

Result<Done> QueueCommands::retry_one(const QueuedMail& mail)
{
    if (mail.state == QueueState::corrupt) return is_corrupt(mail);
    if (mail.state == QueueState::held)
        return Error{ErrorKind::refused, "mail " + mail.place.id.hex() +
                                             " is held: postmaster queue release lets it go"};
    if (mail.state == QueueState::failed) {
        const auto kept = kept_of(mail);
        return kept ? hand_out_.retry_kept(*kept) : Result<Done>(kept.error());
    }
    const auto due = hand_out_.make_due({mail.place.id});
    return due ? Result<Done>(Done{}) : due.error();
}

/// Deferred mail, that is: a dead letter is called by its name.
CommandAnswer QueueCommands::retry_all(const CommandCall& call)
{
    CommandAnswer answer;
    std::vector<mail::SpoolId> ids;
    std::size_t recipients = 0;
    walk(call, answer, [&](const QueuedMail& mail) {
        const bool is_meant =
            mail.state == QueueState::deferred || mail.state == QueueState::leased;
        if (!is_meant) return true;
        ids.push_back(mail.place.id);
        recipients += mail.recipients.size();
        return ids.size() < kMostDueAtOnce && recipients < kMostRecipientsDueAtOnce;
    });
    const auto due = hand_out_.make_due(ids);
    if (!due) {
        complain(answer, due.error());
        answer.cursor.clear();
        return answer;
    }
    if (*due != 0) log::warning("deferred mail retried by the operator", {{"mails", *due}});
    const Json line = {{"due", *due}};
    answer.lines.push_back(json_line(line));
    return answer;
}

CommandAnswer QueueCommands::hold(const CommandCall& call)
{
    if (!call.ids.empty())
        return for_each_id(call, [this](const QueuedMail& mail) -> Result<Json> {
            if (is_on_shelf(mail)) return is_already(mail);
            const auto pick = hand_out_.pick(mail.place.id);
            if (!pick) return pick.error();
            if (auto ok = hand_out_.hold(*pick, kHeldByOperator); !ok) return ok.error();
            log_deed(kHeldByOperator, mail);
            Json json = head_json(mail);
            json["held"] = true;
            return json;
        });
    CommandAnswer answer;
    const bool was_stopped = hand_out_.stopped_since().has_value();
    if (auto ok = hand_out_.stop(); !ok) {
        complain(answer, ok.error());
        return answer;
    }
    if (!was_stopped) log::warning("all hand-out stopped by the operator");
    const auto since = hand_out_.stopped_since().value_or(mail::WallTime{});
    answer.lines.push_back(json_line(
        {{"stopped", true}, {"stopped_since", mail::rfc3339(since)}, {"changed", !was_stopped}}));
    return answer;
}

CommandAnswer QueueCommands::resume(const CommandCall&)
{
    CommandAnswer answer;
    const bool was_stopped = hand_out_.stopped_since().has_value();
    if (auto ok = hand_out_.resume(); !ok) {
        complain(answer, ok.error());
        return answer;
    }
    if (was_stopped) log::warning("hand-out resumed by the operator");
    answer.lines.push_back(json_line({{"stopped", false}, {"changed", was_stopped}}));
    return answer;
}

CommandAnswer QueueCommands::bury(const CommandCall& call)
{
    return for_each_id(call, [this](const QueuedMail& mail) -> Result<Json> {
        if (auto ok = bury_one(mail); !ok) return ok.error();
        log_deed(kBuriedByOperator, mail);
        Json json = head_json(mail);
        json["buried"] = true;
        return json;
    });
}

Result<Done> QueueCommands::bury_one(const QueuedMail& mail)
{
    if (mail.state == QueueState::corrupt) return is_corrupt(mail);
    if (mail.state == QueueState::failed) return is_already(mail);
    if (mail.state == QueueState::held) {
        const auto kept = kept_of(mail);
        return kept ? hand_out_.bury_kept(*kept, kBuriedByOperator) : Result<Done>(kept.error());
    }
    const auto pick = hand_out_.pick(mail.place.id);
    return pick ? hand_out_.bury(*pick, kBuriedByOperator) : Result<Done>(pick.error());
}

CommandAnswer QueueCommands::drop(const CommandCall& call)
{
    return for_each_id(call, [this](const QueuedMail& mail) -> Result<Json> {
        const auto record = hand_out_.read_queued(mail);
        if (auto ok = drop_one(mail); !ok) return ok.error();
        log_deed("dropped by the operator", mail);
        Json json = short_json(mail, record);
        json["dropped"] = true;
        return json;
    });
}

Result<Done> QueueCommands::drop_one(const QueuedMail& mail)
{
    if (is_on_shelf(mail)) {
        const auto kept = kept_of(mail);
        return kept ? hand_out_.drop_kept(*kept) : Result<Done>(kept.error());
    }
    const auto pick = hand_out_.pick(mail.place.id);
    return pick ? hand_out_.drop(*pick) : Result<Done>(pick.error());
}

}  // namespace postmaster
