/// The commands that look at the whole queue. They go through it page by page: an answer is
/// bounded, and hand-out waits for a page at most.
#include <nlohmann/json.hpp>

#include "postmaster/queue_commands.h"
#include "postmaster/queue_json.h"
#include "postmaster/queue_state.h"

namespace postmaster
{
namespace
{

using mail::ErrorKind;
using mail::QueuedMail;
using mail::QueueState;

constexpr std::size_t kMostLines = 200;
constexpr std::size_t kMostText = 1 << 20;        // octets of lines in one answer
constexpr std::uint64_t kMostRead = 64ULL << 20;  // octets of records read for it
constexpr std::size_t kMostReasons = 1000;        // told apart in one answer
constexpr std::size_t kLongestReason = 120;       // octets

void say_if_stopped(mail::HandOut& hand_out, CommandAnswer& answer)
{
    if (const auto since = hand_out.stopped_since())
        answer.complaints.push_back("hand-out is stopped since " + mail::rfc3339(*since) +
                                    "; postmaster queue resume lets it go on");
}

/// What one answer has room for.
class Room
{
public:
    /// Takes what was added to the answer last; is there room for more?
    bool left_after(const CommandAnswer& answer, std::uint64_t octets_read)
    {
        text_ += answer.lines.back().size();
        octets_read_ += octets_read;
        return answer.lines.size() < kMostLines && text_ < kMostText && octets_read_ < kMostRead;
    }

private:
    std::size_t text_ = 0;
    std::uint64_t octets_read_ = 0;
};

/// Mails of one state.
struct Tally {
    std::uint64_t mails = 0, octets = 0;
    std::uint64_t oldest = 0;  // milliseconds since 1970; 0: none

    void add(const QueuedMail& mail, std::uint64_t more_octets)
    {
        if (mails++ == 0) oldest = mail.place.milliseconds;  // they come oldest first
        octets += more_octets;
    }
};

}  // namespace

CommandAnswer QueueCommands::list(const CommandCall& call)
{
    CommandAnswer answer;
    Room room;
    if (call.cursor.empty()) say_if_stopped(hand_out_, answer);
    walk(call, answer, [&](const QueuedMail& mail) {
        const auto record = hand_out_.read_queued(mail);
        if (!record && record.error().kind == ErrorKind::missing) return true;  // gone meanwhile
        const std::uint64_t octets =
            record ? record->content.size() : hand_out_.stored_octets(mail);
        answer.lines.push_back(json_line(queue_line(mail, record, octets)));
        return room.left_after(answer, octets);
    });
    return answer;
}

CommandAnswer QueueCommands::held(const CommandCall& call)
{
    CommandAnswer answer;
    Room room;
    CommandCall of_held = call;
    of_held.states = {std::string(word_of(QueueState::held))};
    walk(of_held, answer, [&](const QueuedMail& mail) {
        const auto record = hand_out_.read_queued(mail);
        if (!record && record.error().kind == ErrorKind::missing) return true;  // gone meanwhile
        answer.lines.push_back(json_line(short_json(mail, record)));
        return room.left_after(answer,
                               record ? record->content.size() : hand_out_.stored_octets(mail));
    });
    return answer;
}

/// Of one page of the queue; whoever asks adds them up.
CommandAnswer QueueCommands::stats(const CommandCall& call)
{
    CommandAnswer answer;
    std::map<QueueState, Tally> tallies;
    std::map<std::string, std::uint64_t> held_for;
    walk(call, answer, [&](const QueuedMail& mail) {
        tallies[mail.state].add(mail, hand_out_.stored_octets(mail));
        if (mail.state == QueueState::held) ++held_for[mail.reason.substr(0, kLongestReason)];
        return held_for.size() < kMostReasons;
    });
    if (answer.exit_code != 0) return answer;
    for (const auto& [state, tally] : tallies)
        answer.lines.push_back(json_line({{"state", word_of(state)},
                                          {"mails", tally.mails},
                                          {"octets", tally.octets},
                                          {"oldest", tally.oldest / 1000}}));
    for (const auto& [reason, mails] : held_for)
        answer.lines.push_back(json_line({{"held_for", reason}, {"mails", mails}}));
    if (!answer.cursor.empty()) return answer;
    const auto stopped = hand_out_.stopped_since();
    Json last = {{"leases", hand_out_.leases()}, {"stopped", stopped.has_value()}};
    if (stopped) last["stopped_since"] = mail::rfc3339(*stopped);
    answer.lines.push_back(json_line(last));
    return answer;
}

}  // namespace postmaster
