/// The shelves held/, failed/ and corrupt/: what lies there, and how an operator takes it up again
/// or drops it. Every call lists or syncs; none is on the way of a hand-out.
#include <algorithm>

#include "common/spool/directory_hand_out.h"

namespace mail
{
namespace
{

/// Why it lies there: the note on the whole mail, else what the courier said of a recipient.
std::string reason_of(const MailState& state)
{
    if (!state.note.empty()) return state.note;
    for (const RecipientState& recipient : state.recipients)
        if (recipient.status != RecipientStatus::delivered && !recipient.reason.empty())
            return recipient.reason;
    return {};
}

}  // namespace

std::string DirectoryHandOut::directory_of(Shelf shelf) const
{
    return ShelfWindow::directory_of(shelf, layout());
}

Result<std::vector<KeptMail>> DirectoryHandOut::kept()
{
    try_unmoved();
    std::vector<KeptMail> mails;
    for (const Shelf shelf : {Shelf::held, Shelf::failed, Shelf::corrupt}) {
        auto listed = files_.list(directory_of(shelf), [&](const SpoolName& name) {
            mails.push_back(kept_mail(shelf, name));
        });
        if (!listed) return std::move(listed).error();
    }
    std::sort(mails.begin(), mails.end(), [](const KeptMail& a, const KeptMail& b) {
        return std::pair(a.since, a.id) < std::pair(b.since, b.id);
    });
    return mails;
}

KeptMail DirectoryHandOut::kept_mail(Shelf shelf, const SpoolName& name)
{
    KeptMail mail{name.id, name.of_original, shelf, {}, {}, {}};
    {
        const Lock lock(mutex_);
        if (const MailState* state = book_.find(name.id)) {
            mail.since = state->kept_since;
            mail.reason = reason_of(*state);
            for (const RecipientState& one : state->recipients)
                mail.recipients.push_back({one.address, one.status, one.reason});
        }
    }
    if (mail.since == WallTime{}) {
        const auto written = files_.modified_seconds_in(directory_of(shelf), name);
        mail.since = WallTime(std::chrono::seconds(written.value_or(0)));
    }
    return mail;
}

Result<Record> DirectoryHandOut::read_kept(const KeptMail& mail)
{
    return files_.read_in(directory_of(mail.shelf), {mail.id, mail.of_original});
}

/// It lies where it is said to lie, and nowhere else. Before anything is written about it.
Result<Done> DirectoryHandOut::check_kept(const KeptMail& mail)
{
    const SpoolName name{mail.id, mail.of_original};
    if (!files_.modified_seconds_in(directory_of(mail.shelf), name))
        return Error{ErrorKind::missing, "mail " + mail.id.hex() + " is not there any more"};
    if (!files_.is_missing(name))
        return Error{ErrorKind::conflict, "mail " + mail.id.hex() + " waits already"};
    return Done{};
}

/// The journal first: a crash before the rename leaves the mail on its shelf, with the reason still
/// told. messages/ is synced before the shelf: a power cut between the two leaves it in both, and
/// the start removes the copy.
Result<Done> DirectoryHandOut::take_up(const KeptMail& mail,
                                       const std::function<std::optional<Change>()>& taken_up,
                                       const std::string& refusal)
{
    const SpoolName name{mail.id, mail.of_original};
    const Step step(*this);
    if (auto ok = check_kept(mail); !ok) return ok;
    Lock lock(mutex_);
    const auto change = taken_up();
    lock.unlock();
    if (mail.shelf == Shelf::corrupt || !change) return Error{ErrorKind::refused, refusal};
    if (auto ok = keep(*change); !ok) return ok;
    if (auto ok = files_.move_back(directory_of(mail.shelf), name); !ok) return ok;
    auto synced = files_.sync({layout().messages_dir()});
    if (synced) synced = files_.sync({directory_of(mail.shelf)});
    lock.lock();
    admit(name, true);
    return synced;
}

Result<Done> DirectoryHandOut::release_kept(const KeptMail& mail, bool as_is)
{
    return take_up(
        mail, [&] { return book_.taken_up(mail.id, mail.shelf, as_is); },
        "nobody of mail " + mail.id.hex() + " was held");
}

Result<Done> DirectoryHandOut::retry_kept(const KeptMail& mail)
{
    const auto retried = [&] {
        return mail.shelf == Shelf::failed ? book_.retried(mail.id) : std::nullopt;
    };
    return take_up(mail, retried, "nobody of mail " + mail.id.hex() + " failed");
}

/// The file first: a crash before the journal leaves a dead letter with the reason that it was held
/// for. failed/ is synced before held/: a power cut between the two leaves it in both, and the
/// start removes the one in held/.
Result<Done> DirectoryHandOut::bury_kept(const KeptMail& mail, const std::string& reason)
{
    const SpoolName name{mail.id, mail.of_original};
    const Step step(*this);
    if (mail.shelf != Shelf::held)
        return Error{ErrorKind::refused, "mail " + mail.id.hex() + " is not held"};
    if (auto ok = check_kept(mail); !ok) return ok;
    if (auto ok = files_.move_between(layout().held_dir(), name, layout().failed_dir()); !ok)
        return ok;
    if (auto ok = files_.sync({layout().failed_dir()}); !ok) return ok;
    if (auto ok = files_.sync({layout().held_dir()}); !ok) return ok;
    Lock lock(mutex_);
    const Change change = book_.buried(mail.id, reason, clock_.wall());
    lock.unlock();
    return keep(change);
}

Result<Done> DirectoryHandOut::drop_kept(const KeptMail& mail)
{
    const SpoolName name{mail.id, mail.of_original};
    const Step step(*this);
    if (mail.shelf == Shelf::corrupt)
        return Error{ErrorKind::refused, "corrupt mail is deleted by no program"};
    if (auto ok = check_kept(mail); !ok) return ok;
    if (auto ok = files_.remove_from(directory_of(mail.shelf), name); !ok) return ok;
    auto synced = files_.sync({directory_of(mail.shelf)});
    const Lock lock(mutex_);
    if (synced) book_.forget(mail.id);
    return synced;
}

}  // namespace mail
