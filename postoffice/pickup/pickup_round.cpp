#include "postoffice/pickup/pickup_round.h"

#include "common/log.h"
#include "postoffice/pickup/pickup_mail.h"

namespace postoffice
{

namespace log = mail::log;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

Result<PickupRound::Tally> PickupRound::run(const std::function<bool()>& is_over)
{
    const auto names = queue_.names();
    if (!names) return names.error();
    forget_all_but(*names);
    Tally tally;
    for (std::size_t i = 0; i < names->size(); ++i) {
        const bool has_room = spool_.has_room();
        if (!has_room || is_over()) {
            tally.left += names->size() - i;
            if (!has_room)
                log::warning("no room for mail of the queue", {{"left", names->size() - i}});
            break;
        }
        const End end = take((*names)[i]);
        tally.picked_up += end == End::picked_up ? 1 : 0;
        tally.refused += end == End::refused ? 1 : 0;
        tally.left += end == End::left || end == End::unfinished ? 1 : 0;
        tally.unfinished += end == End::unfinished ? 1 : 0;
    }
    return tally;
}

void PickupRound::forget_all_but(const std::vector<std::string>& names)
{
    if (told_.empty()) return;
    const std::set<std::string> there(names.begin(), names.end());
    std::erase_if(told_, [&](const std::string& name) { return !there.contains(name); });
}

PickupRound::End PickupRound::take(const std::string& name)
{
    auto mail = queue_.read(name);
    if (!mail) return leave(name, mail.error());
    if (mail->content.size() > max_content_bytes_)
        return leave(name, Error{ErrorKind::refused, "over max-message-size"});
    const PickedMail picked = picked_mail(std::move(*mail));
    if (!keep_all(name, picked.records)) return End::left;

    auto gone = mail::Result<mail::Done>(mail::Done{});
    if (picked.refused.empty()) {
        gone = queue_.remove(name);
    } else {
        log::error(
            "queue file refused",
            {{"file", name}, {"recipients", picked.refused.size()}, {"reason", picked.reason}});
        gone = queue_.make_failed_dir();
        if (gone)
            gone = picked.records.empty() ? queue_.bury(name) : queue_.bury(name, picked.refused);
    }
    if (!gone) {
        log::error("queue file not removed", {{"file", name}, {"reason", gone.error().describe()}});
        return End::left;
    }
    for (const mail::Record& record : picked.records) kept_.erase(record.id);
    return picked.refused.empty() ? End::picked_up : End::refused;
}

/// Nothing of the queue is touched before all of them are durable.
bool PickupRound::keep_all(const std::string& name, const std::vector<mail::Record>& records)
{
    for (const mail::Record& record : records) {
        if (kept_.contains(record.id)) continue;
        const auto kept = spool_.keep(record);
        if (!kept) {
            log::error("queue file left", {{"file", name}, {"reason", kept.error().describe()}});
            return false;
        }
        kept_.insert(record.id);
        if (*kept == PickupSpool::Kept::now)
            log::info("picked up", {{"id", record.id.hex()},
                                    {"from", record.envelope.reverse_path},
                                    {"rcpts", record.envelope.recipients.size()},
                                    {"size", record.content.size()},
                                    {"file", name}});
        else
            log::info("picked up before", {{"id", record.id.hex()}, {"file", name}});
    }
    return true;
}

PickupRound::End PickupRound::leave(const std::string& name, const Error& error)
{
    if (error.kind == ErrorKind::missing) return End::gone;
    if (error.kind == ErrorKind::malformed) return refuse(name, error.describe());
    const bool is_unfinished = error.kind == ErrorKind::conflict;
    const bool is_news = is_first_word_of(name);
    if (is_news && is_unfinished)
        log::info("queue file unfinished", {{"file", name}});
    else if (is_news)
        log::warning("queue file left", {{"file", name}, {"reason", error.describe()}});
    return is_unfinished ? End::unfinished : End::left;
}

PickupRound::End PickupRound::refuse(const std::string& name, const std::string& reason)
{
    log::error("queue file refused", {{"file", name}, {"reason", reason}});
    auto buried = queue_.make_failed_dir();
    if (buried) buried = queue_.bury(name);
    if (buried) return End::refused;
    log::error("queue file not removed", {{"file", name}, {"reason", buried.error().describe()}});
    return End::left;
}

}  // namespace postoffice
