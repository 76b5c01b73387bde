#include "postman/ledger.h"

#include <algorithm>

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::uint64_t kMaxLedgerBytes = std::uint64_t{8} << 30;
/// A postmaster may be away for months and then lend again what we delivered and it never heard of.
constexpr std::chrono::seconds kKeepUnconfirmed = std::chrono::hours(24 * 365);
constexpr std::size_t kRewriteSlack = 20'000;  // lines that may be in vain before a rewrite pays

}  // namespace

Ledger::Ledger(std::string dir, std::chrono::seconds keep, mail::Files& files,
               const mail::Clock& clock)
    : dir_(std::move(dir)), keep_(keep), files_(files), clock_(clock)
{
}

std::int64_t Ledger::now_seconds() const
{
    return std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch()).count();
}

mail::Result<mail::Done> Ledger::open()
{
    const std::scoped_lock lock(mutex_);
    if (broken_) return *broken_;
    if (is_open_) return mail::Done{};

    auto loaded = load();
    if (!loaded) return std::move(loaded).error();
    entries_ = std::move(*loaded);
    forget_old();
    if (auto ok = is_failed_ ? replace_failed() : open_file(); !ok) return ok;
    is_open_ = true;
    if (damaged_lines_ > 0)
        mail::log::warning("ledger-damaged", {{"path", path()}, {"lines", damaged_lines_}});
    return mail::Done{};
}

mail::Result<Ledger::Entries> Ledger::load()
{
    Entries entries;
    auto text = files_.read_all(path(), kMaxLedgerBytes);
    is_failed_ = !text && text.error().kind == mail::ErrorKind::missing;
    if (is_failed_) text = files_.read_all(failed_path(), kMaxLedgerBytes);
    if (!text) {
        is_failed_ = false;
        if (text.error().kind == mail::ErrorKind::missing) return entries;
        return text.error();
    }
    take_in(entries, *text);
    return entries;
}

void Ledger::take_in(Entries& entries, std::string_view text)
{
    size_ = text.size();
    begins_line_ = !text.empty();
    const bool ends_torn = !text.empty() && text.back() != '\n';
    lines_in_file_ = damaged_lines_ = 0;
    while (!text.empty()) {
        if (text.front() == '\n') {
            text.remove_prefix(1);
            continue;
        }
        const auto line = take_ledger_line(text);
        ++lines_in_file_;
        if (!line) {
            const bool is_torn_end = text.empty() && ends_torn;
            if (!is_torn_end) ++damaged_lines_;
        } else if (line->event == LedgerEvent::forgotten) {
            entries.erase(line->key);
        } else {
            entries[line->key] = {line->standing, time_.at(line->standing.last_change)};
        }
    }
}

Standing Ledger::standing(const mail::SpoolId& id, std::string_view recipient) const
{
    const LedgerKey key = LedgerKey::of(id, recipient);
    const std::scoped_lock lock(mutex_);
    const auto found = entries_.find(key);
    return found == entries_.end() ? Standing{} : found->second.standing;
}

void Ledger::enqueue(const std::vector<LedgerEntry>& entries)
{
    const std::int64_t now = now_seconds();
    for (const LedgerEntry& entry : entries) {
        const LedgerKey key = LedgerKey::of(entry.id, entry.recipient);
        Entry& known = entries_[key];
        known = {after(known.standing, entry.event, now), time_.at(now)};
        queued_ += encode_ledger_line({entry.event, key, known.standing});
        ++queued_lines_;
        if (entry.event == LedgerEvent::forgotten) entries_.erase(key);
    }
}

void Ledger::note(const std::vector<LedgerEntry>& entries)
{
    const std::scoped_lock lock(mutex_);
    enqueue(entries);
}

mail::Result<mail::Done> Ledger::flush()
{
    {
        const std::scoped_lock lock(mutex_);
        if (queued_.empty()) return mail::Done{};
    }
    return record({});
}

mail::Result<mail::Done> Ledger::record(const std::vector<LedgerEntry>& entries)
{
    std::unique_lock lock(mutex_);
    if (broken_) return *broken_;
    enqueue(entries);
    const std::uint64_t ticket = ++last_ticket_;
    // Whoever finds nobody writing writes for all that wait: one sync for the whole group.
    while (durable_ticket_ < ticket && !broken_) {
        if (is_writing_)
            written_.wait(lock);
        else
            write_queued(lock);
    }
    if (durable_ticket_ >= ticket) return mail::Done{};
    return *broken_;
}

void Ledger::write_queued(std::unique_lock<std::mutex>& lock)
{
    is_writing_ = true;
    const std::string lines = std::move(queued_);
    queued_.clear();
    lines_in_file_ += queued_lines_;
    queued_lines_ = 0;
    const std::uint64_t ticket = last_ticket_;
    std::string whole;
    if (wants_rewrite()) {
        forget_old();
        whole = whole_text();
    }
    const std::size_t whole_lines = entries_.size();

    lock.unlock();
    auto ok = append(lines);
    std::unique_ptr<mail::OutFile> fresh;
    if (ok && !whole.empty()) fresh = try_replace(whole);
    // From the new name on there is no way back: a power cut may leave the one or the other.
    if (fresh) ok = files_.sync_dir(dir_);
    lock.lock();

    if (fresh) {
        file_ = std::move(fresh);
        size_ = whole.size();
        lines_in_file_ = whole_lines;
        next_rewrite_ = 0;
    } else if (!whole.empty()) {
        next_rewrite_ = lines_in_file_ + kRewriteSlack;
    }
    is_writing_ = false;
    if (ok)
        durable_ticket_ = ticket;
    else
        break_off(ok.error());
    written_.notify_all();
}

/// What the kernel holds of the file may never reach the disk, and the next run would believe it:
/// hence another name, which needs no room. Unsynced: a power cut takes what it warns of, too.
void Ledger::break_off(const mail::Error& error)
{
    broken_ = error;
    static_cast<void>(files_.rename_over(path(), failed_path()));
}

mail::Result<mail::Done> Ledger::open_file()
{
    auto file = files_.open_for_update(path());
    if (!file) return std::move(file).error();
    file_ = std::move(*file);
    // A run that was killed may have written what it had no time to sync: what we believe, we tell.
    if (size_ > 0)
        if (auto ok = file_->sync_data(); !ok) {
            break_off(ok.error());
            return ok;
        }
    return files_.sync_dir(dir_);
}

/// A file whose sync has failed is never synced again: what it said goes into a new one.
mail::Result<mail::Done> Ledger::replace_failed()
{
    const std::string whole = whole_text();
    auto fresh = rewrite(whole);
    if (!fresh) return std::move(fresh).error();
    file_ = std::move(*fresh);
    size_ = whole.size();
    lines_in_file_ = entries_.size();
    return files_.unlink(failed_path());
}

mail::Result<mail::Done> Ledger::append(std::string_view lines)
{
    std::string text = begins_line_ ? "\n" : "";
    text.append(lines);
    if (auto ok = file_->write_at(size_, text); !ok) return ok;
    if (auto ok = file_->sync_data(); !ok) return ok;
    begins_line_ = false;
    size_ += text.size();
    return mail::Done{};
}

bool Ledger::wants_rewrite() const
{
    return lines_in_file_ > 2 * entries_.size() + kRewriteSlack && lines_in_file_ >= next_rewrite_;
}

void Ledger::forget_old()
{
    const std::int64_t now = time_.at(now_seconds());
    const std::int64_t oldest = now - keep_.count();
    const std::int64_t oldest_open = now - std::max(keep_, kKeepUnconfirmed).count();
    std::erase_if(entries_, [&](const auto& entry) {
        const Entry& one = entry.second;
        return one.seen < (one.standing.is_confirmed ? oldest : oldest_open);
    });
}

/// In the order of the last changes, which the witnessed time is counted by.
std::string Ledger::whole_text() const
{
    std::vector<const Entries::value_type*> ordered;
    ordered.reserve(entries_.size());
    for (const auto& entry : entries_) ordered.push_back(&entry);
    std::sort(ordered.begin(), ordered.end(),
              [](const auto* a, const auto* b) { return a->second.seen < b->second.seen; });
    std::string text;
    for (const auto* entry : ordered) {
        const Standing& standing = entry->second.standing;
        const LedgerEvent event = standing.is_confirmed  ? LedgerEvent::confirmed
                                  : standing.is_done     ? LedgerEvent::done
                                  : standing.unended > 0 ? LedgerEvent::started
                                                         : LedgerEvent::ended;
        text += encode_ledger_line({event, entry->first, standing});
    }
    return text;
}

/// Null where there is no room for it now: the ledger that is there is sound, and goes on.
std::unique_ptr<mail::OutFile> Ledger::try_replace(std::string_view text)
{
    auto file = replace(text);
    if (file) return std::move(*file);
    mail::log::warning("ledger-not-rewritten", {{"reason", file.error().describe()}});
    return nullptr;
}

mail::Result<std::unique_ptr<mail::OutFile>> Ledger::rewrite(std::string_view text)
{
    auto file = replace(text);
    if (!file) return file;
    if (auto ok = files_.sync_dir(dir_); !ok) return std::move(ok).error();
    return file;
}

/// Under the ledger's name, which is not durable yet. On an error the name is the old file's.
mail::Result<std::unique_ptr<mail::OutFile>> Ledger::replace(std::string_view text)
{
    const std::string aside = path() + ".new";
    if (auto gone = files_.unlink(aside); !gone && gone.error().kind != mail::ErrorKind::missing)
        return std::move(gone).error();
    auto file = files_.create_exclusive(aside);
    if (!file) return file;
    if (auto ok = (*file)->write_all(text); !ok) return std::move(ok).error();
    if (auto ok = (*file)->sync(); !ok) return std::move(ok).error();
    if (auto ok = files_.rename_over(aside, path()); !ok) return std::move(ok).error();
    return file;
}

}  // namespace postman
