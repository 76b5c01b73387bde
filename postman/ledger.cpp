#include "postman/ledger.h"

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::uint64_t kMaxLedgerBytes = std::uint64_t{8} << 30;
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
    auto file = files_.open_for_update(path());
    if (!file) return std::move(file).error();
    if (auto named = files_.sync_dir(dir_); !named) return std::move(named).error();

    standings_ = std::move(*loaded);
    file_ = std::move(*file);
    is_open_ = true;
    forget_old();
    if (damaged_lines_ > 0)
        mail::log::warning("ledger-damaged", {{"path", path()}, {"lines", damaged_lines_}});
    return mail::Done{};
}

mail::Result<Ledger::Standings> Ledger::load()
{
    Standings standings;
    const auto text = files_.read_all(path(), kMaxLedgerBytes);
    if (!text) {
        if (text.error().kind == mail::ErrorKind::missing) return standings;
        return text.error();
    }
    take_in(standings, *text);
    return standings;
}

void Ledger::take_in(Standings& standings, std::string_view text)
{
    size_ = text.size();
    ends_torn_ = !text.empty() && text.back() != '\n';
    lines_in_file_ = damaged_lines_ = 0;
    while (!text.empty()) {
        const auto line = take_ledger_line(text);
        ++lines_in_file_;
        if (!line) {
            const bool is_torn_end = text.empty() && ends_torn_;
            if (!is_torn_end) ++damaged_lines_;
        } else if (line->event == LedgerEvent::forgotten) {
            standings.erase(line->key);
        } else {
            standings[line->key] = line->standing;
        }
    }
}

Standing Ledger::standing(const mail::SpoolId& id, std::string_view recipient) const
{
    const LedgerKey key = LedgerKey::of(id, recipient);
    const std::scoped_lock lock(mutex_);
    const auto found = standings_.find(key);
    return found == standings_.end() ? Standing{} : found->second;
}

void Ledger::enqueue(const std::vector<LedgerEntry>& entries)
{
    const std::int64_t now = now_seconds();
    for (const LedgerEntry& entry : entries) {
        const LedgerKey key = LedgerKey::of(entry.id, entry.recipient);
        Standing& standing = standings_[key];
        standing = after(standing, entry.event, now);
        queued_ += encode_ledger_line({entry.event, key, standing});
        ++queued_lines_;
        if (entry.event == LedgerEvent::forgotten) standings_.erase(key);
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
        lines_in_file_ = standings_.size();
    }

    lock.unlock();
    auto ok = append(lines);
    std::unique_ptr<mail::OutFile> fresh;
    if (ok && !whole.empty()) {
        auto rewritten = rewrite(whole);
        if (rewritten)
            fresh = std::move(*rewritten);
        else
            ok = std::move(rewritten).error();
    }
    lock.lock();

    if (fresh) {
        file_ = std::move(fresh);
        size_ = whole.size();
    }
    is_writing_ = false;
    if (ok)
        durable_ticket_ = ticket;
    else
        broken_ = ok.error();
    written_.notify_all();
}

mail::Result<mail::Done> Ledger::append(std::string_view lines)
{
    // A torn last line gets its end first, so that it cannot spoil the next one.
    std::string text = ends_torn_ ? "\n" : "";
    text.append(lines);
    if (auto ok = file_->write_at(size_, text); !ok) return ok;
    if (auto ok = file_->sync_data(); !ok) return ok;
    ends_torn_ = false;
    size_ += text.size();
    return mail::Done{};
}

bool Ledger::wants_rewrite() const
{
    return lines_in_file_ > 2 * standings_.size() + kRewriteSlack;
}

void Ledger::forget_old()
{
    const std::int64_t oldest = now_seconds() - keep_.count();
    std::erase_if(standings_, [&](const auto& entry) { return entry.second.last_change < oldest; });
}

std::string Ledger::whole_text() const
{
    std::string text;
    for (const auto& [key, standing] : standings_) {
        const LedgerEvent event = standing.is_done       ? LedgerEvent::done
                                  : standing.unended > 0 ? LedgerEvent::started
                                                         : LedgerEvent::ended;
        text += encode_ledger_line({event, key, standing});
    }
    return text;
}

mail::Result<std::unique_ptr<mail::OutFile>> Ledger::rewrite(std::string_view text)
{
    const std::string aside = path() + ".new";
    if (auto gone = files_.unlink(aside); !gone && gone.error().kind != mail::ErrorKind::missing)
        return std::move(gone).error();
    auto file = files_.create_exclusive(aside);
    if (!file) return file;
    if (auto ok = (*file)->write_all(text); !ok) return std::move(ok).error();
    if (auto ok = (*file)->sync(); !ok) return std::move(ok).error();
    if (auto ok = files_.rename_over(aside, path()); !ok) return std::move(ok).error();
    if (auto ok = files_.sync_dir(dir_); !ok) return std::move(ok).error();
    return file;
}

}  // namespace postman
