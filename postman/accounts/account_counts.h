/// How much each account has sent in the last minute and the last day, for its limits.
///
/// Exact over all threads and processes that take turns, and over their end: what was counted is in
/// a file before anything is sent. A kill forgets nothing; a power cut may forget the last few
/// seconds (a sync a mail would cost more than a limit is worth). Times are of the boot clock, and
/// of the wall clock only for what was counted before the machine's last start; a clock set back
/// makes that younger, never older than a jump forward says.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/clock.h"
#include "common/result.h"
#include "common/spool/files.h"
#include "postman/accounts/account.h"

namespace postman
{

/// Its holder alone reads and writes the counts, of all processes.
using CountTurn = std::shared_ptr<void>;
/// Blocks until it is ours. errors  temporary
using CountTurns = std::function<mail::Result<CountTurn>()>;

class AccountCounts
{
public:
    struct Wait {
        std::chrono::seconds time;
        std::string trouble = {};  // why the counts cannot be read; empty: the limit is met
        bool operator==(std::chrono::seconds other) const { return time == other; }
    };

    /// dir    exists; holds `account-counts`. Read at the first take(), and whenever another
    /// process
    ///        has written it
    /// turns  null: there is no other process
    AccountCounts(std::string dir, mail::Files& files, const mail::Clock& clock,
                  CountTurns turns = nullptr);

    /// Counts `weight` mails (or recipients) and returns nothing; or counts nothing and returns how
    /// long to wait, at least a second. A limit whose counts cannot be read counts as met. One that
    /// alone is over a limit passes when nothing else was counted. Those that are sent away are
    /// told times one after another, so that they do not all come back at once.
    [[nodiscard]] std::optional<Wait> take(const std::string& account, const AccountLimits& limits,
                                           std::uint32_t weight);
    /// Of what was taken now nothing was sent.
    void give_back(const std::string& account, std::uint32_t weight);

private:
    struct Use {
        std::int64_t second = 0;  // of the boot clock; before this boot: negative
        std::int64_t weight = 0;
    };
    struct Usage {
        std::deque<Use> uses;       // of the last day, in order
        std::int64_t promised = 0;  // the last time that was told to somebody
    };

    mail::Result<CountTurn> begin_turn();
    mail::Result<mail::Done> refresh();
    void take_in_all(std::string_view text);
    void take_in(std::string_view line);
    void note(const std::string& account, std::int64_t weight);
    mail::Result<mail::Done> rewrite();
    void forget_old(Usage& usage, std::int64_t now) const;
    static void add(Usage& usage, std::int64_t second, std::int64_t weight);
    std::string line_of(const std::string& account, const Use& use) const;
    std::int64_t boot_seconds() const;
    std::int64_t wall_seconds() const;
    std::string path() const { return dir_ + "/account-counts"; }

    const std::string dir_;
    mail::Files& files_;
    const mail::Clock& clock_;
    const CountTurns turns_;
    std::mutex mutex_;
    bool has_warned_ = false;
    std::unordered_map<std::string, Usage> usages_;
    std::unique_ptr<mail::OutFile> file_;  // null: it is written anew next
    std::uint64_t inode_ = 0;              // of the file as we know it; 0: there is none
    std::uint64_t size_ = 0;
    std::size_t lines_ = 0;       // in the file
    std::size_t live_lines_ = 0;  // of them, when it was written anew
    std::int64_t synced_ = 0;
};

}  // namespace postman
