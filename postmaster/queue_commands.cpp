#include "postmaster/queue_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "common/config.h"
#include "postmaster/mail_lookup.h"
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

constexpr int kExitRefused = 1;
constexpr int kExitNoMail = 66;              // EX_NOINPUT
constexpr std::size_t kPage = 500;           // mails for which hand-out waits, at most
constexpr std::size_t kMostLooked = 20'000;  // mails in one call

/// Ids begin with the milliseconds of their coming, in 12 digits: fewer stand for minutes, and the
/// only mail of these that is left may be another than the one that was meant.
constexpr std::size_t kDigitsOfMillisecond = 12;

/// Of an id's beginning. What leaves the queue's way for good, or passes the gate as it is, is not
/// for a mail that was not meant; a look, a retry or a release through the gate does no harm.
std::size_t fewest_digits_for(const CommandCall& call)
{
    const bool is_grave =
        call.command == "drop" || call.command == "bury" || call.command == "hold" || call.as_is;
    return is_grave ? kDigitsOfMillisecond : 1;
}

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

/// The states that a call asks for; none: all.
Result<std::set<QueueState>> states_of(const CommandCall& call)
{
    std::set<QueueState> states;
    for (const std::string& word : call.states) {
        const auto state = parse_queue_state(word);
        if (!state) return Error{ErrorKind::malformed, "no state is called " + word};
        states.insert(*state);
    }
    return states;
}

}  // namespace

void complain(CommandAnswer& answer, const Error& error)
{
    answer.exit_code = std::max(answer.exit_code, exit_code_for(error));
    answer.complaints.push_back(error.describe());
}

Result<mail::KeptMail> kept_of(const QueuedMail& mail)
{
    const std::string id = mail.place.id.hex();
    if (mail.is_unmoved)
        return Error{ErrorKind::temporary,
                     "mail " + id + " is settled, and its shelf has no room; try again"};
    mail::KeptMail kept{
        mail.place.id, mail.place.of_original, mail::Shelf::held, mail.since, mail.reason, {}};
    switch (mail.state) {
        case QueueState::held:
            return kept;
        case QueueState::failed:
            kept.shelf = mail::Shelf::failed;
            return kept;
        case QueueState::corrupt:
            kept.shelf = mail::Shelf::corrupt;
            return kept;
        default:
            return Error{ErrorKind::refused,
                         "mail " + id + " is " + std::string(word_of(mail.state)) + ", not held"};
    }
}

struct QueueCommands::Row {
    enum class Ids { none, some, any };
    std::string_view name;
    CommandAnswer (QueueCommands::*run)(const CommandCall&);
    Ids ids;
};

// clang-format off
const QueueCommands::Row QueueCommands::kRows[] = {
    {"list",    &QueueCommands::list,    Row::Ids::none},
    {"held",    &QueueCommands::held,    Row::Ids::none},
    {"stats",   &QueueCommands::stats,   Row::Ids::none},
    {"show",    &QueueCommands::show,    Row::Ids::some},
    {"release", &QueueCommands::release, Row::Ids::some},
    {"retry",   &QueueCommands::retry,   Row::Ids::some},
    {"hold",    &QueueCommands::hold,    Row::Ids::any},
    {"resume",  &QueueCommands::resume,  Row::Ids::none},
    {"bury",    &QueueCommands::bury,    Row::Ids::some},
    {"drop",    &QueueCommands::drop,    Row::Ids::some},
};
// clang-format on

CommandAnswer QueueCommands::run(const CommandCall& call)
{
    for (const Row& row : kRows) {
        if (row.name != call.command) continue;
        if (row.ids == (call.ids.empty() ? Row::Ids::some : Row::Ids::none)) break;
        return (this->*row.run)(call);
    }
    return {mail::kExitUsage, {}, {"no such command, or not with these ids"}};
}

void QueueCommands::walk(const CommandCall& call, CommandAnswer& answer,
                         const std::function<bool(const QueuedMail&)>& takes)
{
    auto place = parse_cursor(call.cursor);
    if (!place) return complain(answer, {ErrorKind::malformed, "this cursor is none of ours"});
    const auto states = states_of(call);
    if (!states) return complain(answer, states.error());
    for (std::size_t looked = 0; looked < kMostLooked;) {
        const auto mails = hand_out_.list(*place, kPage);
        if (!mails) return complain(answer, mails.error());
        if (mails->empty()) return;
        for (const QueuedMail& mail : *mails) {
            place = mail.place;
            const bool is_meant = states->empty() || states->contains(mail.state);
            if (!is_meant || takes(mail)) continue;
            answer.cursor = encode_cursor(*place);
            return;
        }
        looked += mails->size();
    }
    answer.cursor = encode_cursor(*place);
}

CommandAnswer QueueCommands::for_each_id(const CommandCall& call, const Work& work)
{
    CommandAnswer answer;
    std::vector<QueuedMail> mails;
    if (auto ok = look_up(call, mails, answer); !ok) {
        complain(answer, ok.error());
        return answer;
    }
    for (const QueuedMail& mail : mails) {
        const Result<Json> line = work(mail);
        if (line)
            answer.lines.push_back(json_line(*line));
        else
            complain(answer, line.error());
    }
    return answer;
}

/// The mails that are meant, each once; complains of those that are none.
Result<Done> QueueCommands::look_up(const CommandCall& call, std::vector<QueuedMail>& mails,
                                    CommandAnswer& answer)
{
    MailLookup lookup(call.ids, fewest_digits_for(call));
    mail::QueuePlace place;
    while (lookup.wants_all()) {
        const auto page = hand_out_.list(place, kPage);
        if (!page) return page.error();
        if (page->empty()) break;
        for (const QueuedMail& mail : *page) lookup.offer(mail.place.id);
        place = page->back().place;
    }
    std::set<mail::SpoolId> named;
    for (const std::string& given : call.ids) {
        const auto id = lookup.find(given);
        if (!id) {
            complain(answer, id.error());
            continue;
        }
        if (!named.insert(*id).second) continue;
        auto mail = hand_out_.find(*id);
        if (mail)
            mails.push_back(std::move(*mail));
        else
            complain(answer, mail.error());
    }
    return Done{};
}

}  // namespace postmaster
