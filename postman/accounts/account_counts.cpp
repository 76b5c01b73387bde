#include "postman/accounts/account_counts.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::int64_t kMinute = 60;
constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kLongestWait = 6 * 3600;  // told to somebody who waits behind others
constexpr std::int64_t kSyncEvery = 5;
constexpr std::chrono::seconds kUnreadWait{60};
constexpr std::uint64_t kMaxFileBytes = 256 << 20;
constexpr std::size_t kRewriteSlack = 50'000;  // lines that may be in vain

template <class Number>
bool parse_number(std::string_view text, Number& number)
{
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end;
}

/// A second counts until no part of it lies in the window: hence the one more.
std::int64_t end_of(std::int64_t second, std::int64_t window)
{
    return second + window + 1;
}

/// How long until `weight` more fits into the window; 0: now.
template <class Uses>
std::int64_t wait_for(const Uses& uses, std::int64_t now, std::int64_t window, std::int64_t limit,
                      std::int64_t weight)
{
    if (limit == 0) return 0;
    std::int64_t sum = 0;
    auto use = uses.rbegin();
    for (; use != uses.rend() && end_of(use->second, window) > now; ++use) sum += use->weight;
    if (sum == 0 || sum + weight <= limit) return 0;
    for (auto oldest = use.base(); oldest != uses.end(); ++oldest) {
        sum -= oldest->weight;
        if (sum <= 0 || sum + weight <= limit) return end_of(oldest->second, window) - now;
    }
    return window + 1;
}

}  // namespace

AccountCounts::AccountCounts(std::string dir, mail::Files& files, const mail::Clock& clock,
                             CountTurns turns)
    : dir_(std::move(dir)), files_(files), clock_(clock), turns_(std::move(turns))
{
}

std::int64_t AccountCounts::boot_seconds() const
{
    return std::chrono::floor<std::chrono::seconds>(clock_.boot()).count();
}

std::int64_t AccountCounts::wall_seconds() const
{
    return std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch()).count();
}

void AccountCounts::add(Usage& usage, std::int64_t second, std::int64_t weight)
{
    if (!usage.uses.empty() && usage.uses.back().second >= second)
        usage.uses.back().weight += weight;
    else
        usage.uses.push_back({second, weight});
}

void AccountCounts::forget_old(Usage& usage, std::int64_t now) const
{
    while (!usage.uses.empty() && end_of(usage.uses.front().second, kDay) <= now)
        usage.uses.pop_front();
}

/// BOOT-ID BOOT-SECONDS WALL-SECONDS WEIGHT ACCOUNT
std::string AccountCounts::line_of(const std::string& account, const Use& use) const
{
    const std::int64_t age = boot_seconds() - use.second;
    return clock_.boot_id() + " " + std::to_string(use.second) + " " +
           std::to_string(wall_seconds() - age) + " " + std::to_string(use.weight) + " " + account +
           "\n";
}

/// A line that is torn or of no sense counts nothing.
void AccountCounts::take_in(std::string_view line)
{
    std::array<std::string_view, 4> fields;
    for (std::string_view& field : fields) {
        const std::size_t space = line.find(' ');
        if (space == line.npos) return;
        field = line.substr(0, space);
        line.remove_prefix(space + 1);
    }
    std::int64_t second = 0, wall = 0, weight = 0;
    if (line.empty() || !parse_number(fields[1], second) || !parse_number(fields[2], wall) ||
        !parse_number(fields[3], weight) || weight > 1'000'000 || weight < -1'000'000)
        return;
    const std::int64_t now = boot_seconds();
    if (fields[0] != clock_.boot_id())
        second = now - std::clamp<std::int64_t>(wall_seconds() - wall, 0, 2 * kDay);
    add(usages_[std::string(line)], std::min(second, now), weight);
}

/// What is written, in place of what we knew.
void AccountCounts::take_in_all(std::string_view text)
{
    for (auto& [account, usage] : usages_) usage.uses.clear();
    lines_ = live_lines_ = 0;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == text.npos) break;  // torn by a power cut
        take_in(text.substr(0, end));
        text.remove_prefix(end + 1);
        ++lines_;
    }
    const std::int64_t now = boot_seconds();
    for (auto& [account, usage] : usages_) {
        forget_old(usage, now);
        live_lines_ += usage.uses.size();
    }
}

/// Reads the file where it is not as we left it.
mail::Result<mail::Done> AccountCounts::refresh()
{
    const auto status = files_.status(path());
    if (!status && status.error().kind != mail::ErrorKind::missing) return status.error();
    if (!status) {  // our own counts stand, and are written anew
        file_.reset();
        inode_ = 0;
        return mail::Done{};
    }
    if (status->inode == inode_ && status->size == size_) return mail::Done{};
    const auto text = files_.read_all(path(), kMaxFileBytes);
    if (!text) return text.error();
    take_in_all(*text);
    inode_ = status->inode;
    size_ = text->size();
    file_.reset();
    if (!text->empty() && !text->ends_with('\n')) return mail::Done{};
    if (auto file = files_.open_for_update(path())) file_ = std::move(*file);
    return mail::Done{};
}

mail::Result<CountTurn> AccountCounts::begin_turn()
{
    auto turn = turns_ ? turns_() : mail::Result<CountTurn>(CountTurn{});
    if (!turn) return turn;
    if (auto ok = refresh(); !ok) return std::move(ok).error();
    return turn;
}

/// Without what is over. A file that was torn ends in a whole line again.
mail::Result<mail::Done> AccountCounts::rewrite()
{
    std::string text;
    lines_ = 0;
    for (const auto& [account, usage] : usages_)
        for (const Use& use : usage.uses) text += line_of(account, use), ++lines_;
    const std::string aside = path() + ".new";
    if (auto gone = files_.unlink(aside); !gone && gone.error().kind != mail::ErrorKind::missing)
        return gone;
    auto file = files_.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    if (auto ok = files_.rename_over(aside, path()); !ok) return ok;
    if (auto ok = files_.sync_dir(dir_); !ok) return ok;
    file_ = std::move(*file);
    size_ = text.size();
    live_lines_ = lines_;
    const auto status = files_.status(path());
    inode_ = status ? status->inode : 0;
    return mail::Done{};
}

/// A count that cannot be written holds no mail back: the provider has its own limits.
void AccountCounts::note(const std::string& account, std::int64_t weight)
{
    const std::int64_t now = boot_seconds();
    const auto write = [&]() -> mail::Result<mail::Done> {
        if (!file_ || lines_ > 2 * live_lines_ + kRewriteSlack)
            return rewrite();  // with this use in it
        const std::string line = line_of(account, {now, weight});
        if (auto ok = file_->write_at(size_, line); !ok) return ok;
        size_ += line.size();
        ++lines_;
        if (now - synced_ < kSyncEvery) return mail::Done{};
        synced_ = now;
        return file_->sync_data();
    };
    const auto ok = write();
    if (ok) return;
    file_.reset();
    if (!std::exchange(has_warned_, true))
        mail::log::warning("account-counts-unwritten", {{"reason", ok.error().describe()}});
}

std::optional<AccountCounts::Wait> AccountCounts::take(const std::string& account,
                                                       const AccountLimits& limits,
                                                       std::uint32_t weight)
{
    if (limits.is_empty()) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    const auto turn = begin_turn();
    if (!turn) return Wait{kUnreadWait, turn.error().describe()};
    const std::int64_t now = boot_seconds();
    Usage& usage = usages_[account];
    forget_old(usage, now);
    const std::int64_t minute = wait_for(usage.uses, now, kMinute, limits.per_minute, weight);
    const std::int64_t day = wait_for(usage.uses, now, kDay, limits.per_day, weight);
    const std::int64_t wait = std::max(minute, day);
    if (wait <= 0) {
        add(usage, now, weight);
        note(account, weight);
        return std::nullopt;
    }
    const std::int64_t step =
        minute > day ? kMinute * weight / limits.per_minute : kDay * weight / limits.per_day;
    const std::int64_t next =
        std::max(now + wait, usage.promised + std::max<std::int64_t>(step, 1));
    usage.promised = std::min(next, now + std::max(wait, kLongestWait));
    return Wait{std::chrono::seconds(usage.promised - now)};
}

void AccountCounts::give_back(const std::string& account, std::uint32_t weight)
{
    const std::scoped_lock lock(mutex_);
    const auto turn = begin_turn();
    if (!turn) return;  // it stays counted: too much is on the safe side
    const auto found = usages_.find(account);
    if (found == usages_.end()) return;
    for (auto use = found->second.uses.rbegin(); use != found->second.uses.rend(); ++use) {
        if (use->weight < weight) continue;
        use->weight -= weight;
        note(account, -static_cast<std::int64_t>(weight));
        return;
    }
}

}  // namespace postman
