/// The whole queue, as an operator sees and steers it. None of it is on the way of a hand-out: what
/// takes mutex_ takes it for one page of a list at most.
#include <algorithm>

#include "common/log.h"
#include "common/spool/directory_hand_out.h"

namespace mail
{
namespace
{

constexpr std::size_t kMostRecipients = 5000;  // told of with mutex_ held, but of one mail all

QueueState state_on(Shelf shelf)
{
    switch (shelf) {
        case Shelf::failed:
            return QueueState::failed;
        case Shelf::corrupt:
            return QueueState::corrupt;
        case Shelf::held:
            break;
    }
    return QueueState::held;
}

WallTime time_of(const QueuePlace& place)
{
    constexpr std::uint64_t kLatest = 253'402'300'799'999;  // the end of the year 9999
    return WallTime(std::chrono::milliseconds(std::min(place.milliseconds, kLatest)));
}

}  // namespace

// --- seeing

/// Under mutex_.
QueuedMail DirectoryHandOut::queued(const QueuePlace& place)
{
    QueuedMail mail{place, QueueState::waiting, false, time_of(place), {}};
    book_.tell(mail, clock_.boot(), clock_.wall());
    return mail;
}

QueuedMail DirectoryHandOut::queued_kept(const ShelfWindow::Entry& entry)
{
    const auto& [place, shelf] = entry;
    KeptMail kept = kept_mail(shelf, {place.id, place.of_original});
    QueuedMail mail{place, state_on(shelf), false, kept.since, std::move(kept.reason)};
    for (KeptMail::Recipient& one : kept.recipients)
        mail.recipients.push_back({std::move(one.address), one.status, std::move(one.reason)});
    return mail;
}

/// messages/ first, then the shelves: what is moved to one in between is told twice at the same
/// place, of which the first counts. A page ends early behind mails with many recipients.
Result<std::vector<QueuedMail>> DirectoryHandOut::list(const QueuePlace& after, std::size_t max)
{
    try_unmoved();
    std::vector<QueuedMail> mails;
    {
        const Lock lock(mutex_);
        end_expired();
        std::size_t recipients = 0;
        for (const QueuePlace& place : index_.behind(after, max)) {
            mails.push_back(queued(place));
            recipients += mails.back().recipients.size();
            if (recipients >= kMostRecipients) max = mails.size();
            if (mails.size() == max) break;
        }
    }
    auto kept = shelves_.after(after, max);
    if (!kept) return std::move(kept).error();
    const bool is_full = mails.size() >= max;
    for (const ShelfWindow::Entry& entry : *kept) {
        if (is_full && mails[max - 1].place < entry.first) break;  // of a later page
        mails.push_back(queued_kept(entry));
    }
    std::stable_sort(mails.begin(), mails.end(),
                     [](const QueuedMail& a, const QueuedMail& b) { return a.place < b.place; });
    const auto is_same = [](const QueuedMail& a, const QueuedMail& b) {
        return a.place == b.place;
    };
    mails.erase(std::unique(mails.begin(), mails.end(), is_same), mails.end());
    if (mails.size() > max)
        mails.erase(mails.begin() + static_cast<std::ptrdiff_t>(max), mails.end());
    return mails;
}

Result<QueuedMail> DirectoryHandOut::find(const SpoolId& id)
{
    {
        const Lock lock(mutex_);
        end_expired();
        if (const auto place = index_.find(id)) return queued(*place);
    }
    for (const Shelf shelf : {Shelf::held, Shelf::failed, Shelf::corrupt}) {
        for (const bool of_original : {false, true}) {
            const auto written = files_.modified_seconds_in(directory_of(shelf), {id, of_original});
            if (!written) continue;
            const std::uint64_t milliseconds =
                of_original ? static_cast<std::uint64_t>(std::max<std::int64_t>(*written, 0)) * 1000
                            : id.unix_milliseconds().value_or(0);
            return queued_kept({{milliseconds, id, of_original}, shelf});
        }
    }
    return Error{ErrorKind::missing, "no mail " + id.hex() + " is in the spool"};
}

std::string DirectoryHandOut::directory_of(const QueuedMail& mail) const
{
    if (mail.is_unmoved) return layout().messages_dir();
    switch (mail.state) {
        case QueueState::held:
            return layout().held_dir();
        case QueueState::failed:
            return layout().failed_dir();
        case QueueState::corrupt:
            return layout().corrupt_dir();
        default:
            return layout().messages_dir();
    }
}

Result<Record> DirectoryHandOut::read_queued(const QueuedMail& mail)
{
    return files_.read_in(directory_of(mail), {mail.place.id, mail.place.of_original});
}

std::uint64_t DirectoryHandOut::stored_octets(const QueuedMail& mail)
{
    return files_.octets_in(directory_of(mail), {mail.place.id, mail.place.of_original});
}

std::size_t DirectoryHandOut::leases()
{
    const Lock lock(mutex_);
    end_expired();
    return book_.leases();
}

// --- steering

/// Within a Step: what is just being settled is not there any more when it is looked for.
Result<Pick> DirectoryHandOut::pick(const SpoolId& id)
{
    const Step step(*this);
    const Lock lock(mutex_);
    const auto place = index_.find(id);
    if (!place) return Error{ErrorKind::missing, "mail " + id.hex() + " waits no more"};
    const QueuedMail mail = queued(*place);
    if (mail.is_unmoved)
        return Error{ErrorKind::temporary,
                     "mail " + id.hex() + " is settled, and its shelf has no room; try again"};
    if (mail.state == QueueState::leased)
        return Error{ErrorKind::refused, "mail " + id.hex() + " is with a courier until " +
                                             rfc3339(*mail.leased_until)};
    if (picked_.contains(id))
        return Error{ErrorKind::temporary,
                     "mail " + id.hex() + " is just being judged for a courier; try again"};
    index_.set_aside(id);
    picked_[id] = {};
    return Pick{id, place->of_original, book_.is_as_is(id)};
}

Result<Done> DirectoryHandOut::drop(const Pick& pick)
{
    const Step step(*this);
    auto removed = files_.remove({pick.id, pick.of_original});
    if (removed) removed = files_.sync({layout().messages_dir()});
    const Lock lock(mutex_);
    picked_.erase(pick.id);
    if (removed) {
        index_.remove(pick.id, pick.of_original);
        book_.forget(pick.id);
    } else {
        place_by_book(pick.id);
    }
    return removed;
}

Result<std::size_t> DirectoryHandOut::make_due(const std::vector<SpoolId>& ids)
{
    const Step step(*this);
    Lock lock(mutex_);
    const Change change = book_.made_due(ids, clock_.boot());
    lock.unlock();
    if (auto ok = keep(change); !ok) return std::move(ok).error();
    lock.lock();
    for (const auto& [id, state] : change.mails) place_by_book(id);
    return change.mails.size();
}

// --- all hand-out: an empty file says that it is stopped, and needs no room for content

Result<Done> DirectoryHandOut::stop()
{
    const Step step(*this);
    if (stopped_since()) return Done{};
    if (auto ok = keep_hold_mark(); !ok) {
        static_cast<void>(disk_.unlink(layout().hold_mark()));
        return ok;
    }
    const Lock lock(mutex_);
    stopped_since_ = clock_.wall();
    return Done{};
}

Result<Done> DirectoryHandOut::keep_hold_mark()
{
    auto file = disk_.create_exclusive(layout().hold_mark());
    if (!file && file.error().kind != ErrorKind::conflict) return std::move(file).error();
    if (file) {
        if (auto ok = (*file)->sync(); !ok) return ok;
        if (auto ok = (*file)->close(); !ok) return ok;
    }
    return disk_.sync_dir(layout().state_dir());
}

/// Where the sync fails mail stays stopped, and so it is after a restart or not: asked again, it is
/// synced again.
Result<Done> DirectoryHandOut::resume()
{
    const Step step(*this);
    auto gone = disk_.unlink(layout().hold_mark());
    if (!gone && gone.error().kind != ErrorKind::missing) return gone;
    if (auto ok = disk_.sync_dir(layout().state_dir()); !ok) return ok;
    const Lock lock(mutex_);
    stopped_since_.reset();
    return Done{};
}

std::optional<WallTime> DirectoryHandOut::stopped_since()
{
    const Lock lock(mutex_);
    return stopped_since_;
}

Result<Done> DirectoryHandOut::read_hold_mark()
{
    const auto mark = disk_.status(layout().hold_mark());
    if (!mark && mark.error().kind == ErrorKind::missing) return Done{};
    if (!mark) return mark.error();
    const Lock lock(mutex_);
    stopped_since_ = WallTime(std::chrono::seconds(mark->modified_seconds));
    log::warning("hand-out is stopped", {{"since", rfc3339(*stopped_since_)},
                                         {"by", "postmaster queue hold"},
                                         {"resume", "postmaster queue resume"}});
    return Done{};
}

}  // namespace mail
