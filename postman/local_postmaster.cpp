#include "postman/local_postmaster.h"

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::chrono::seconds kLeaseSeconds{900};
constexpr std::uint64_t kMaxNoteBytes = 256;

/// Read again when its turn comes, so that a batch of large mails is not in memory at once.
HandedMail handed(mail::HandOut& hand_out, const mail::Loan& loan)
{
    return {loan.pick.id, 0, [&hand_out, loan]() -> mail::Result<mail::Record> {
                auto record = hand_out.read(loan.pick);
                if (record) record->envelope.recipients = loan.recipients;
                return record;
            }};
}

}  // namespace

LocalPostmaster::LocalPostmaster(std::string name, mail::HandOut& hand_out, std::string note,
                                 mail::Files& files)
    : name_(std::move(name)), hand_out_(hand_out), note_(std::move(note)), files_(files)
{
    release_old();
}

void LocalPostmaster::release_old()
{
    const auto lease = files_.read_all(note_, kMaxNoteBytes);
    if (!lease) return;
    const auto ok = hand_out_.release(*lease);
    if (ok) mail::log::info("lease-given-back", {{"reason", "a run before this one died"}});
}

/// Not synced: after a power cut the lease ends by itself.
void LocalPostmaster::take_note(const std::string& lease)
{
    const std::string aside = note_ + ".new";
    [[maybe_unused]] const auto gone = files_.unlink(aside);
    auto file = files_.create_exclusive(aside);
    if (!file || !(*file)->write_all(lease) || !files_.rename_over(aside, note_))
        mail::log::warning("lease-not-noted", {{"path", note_}});
}

std::optional<mail::Loan> LocalPostmaster::loan_of(const mail::Pick& pick)
{
    const auto record = hand_out_.read(pick);
    if (record) {
        auto recipients = hand_out_.lendable(pick, record->envelope);
        if (!recipients.empty()) return mail::Loan{pick, std::move(recipients)};
        hand_out_.put_back({pick});
        return std::nullopt;
    }
    const mail::Error& error = record.error();
    mail::log::warning("record-unread", {{"id", pick.id.hex()}, {"reason", error.describe()}});
    if (error.kind == mail::ErrorKind::corrupt) {
        if (auto ok = hand_out_.quarantine(pick, error.step); !ok)
            mail::log::error("not-quarantined",
                             {{"id", pick.id.hex()}, {"reason", ok.error().describe()}});
    } else {
        hand_out_.put_back({pick});
    }
    return std::nullopt;
}

mail::Result<Batch> LocalPostmaster::lease(std::size_t most, std::chrono::seconds, std::stop_token)
{
    std::vector<mail::Loan> loans;
    for (const mail::Pick& pick : hand_out_.next(most))
        if (auto loan = loan_of(pick)) loans.push_back(std::move(*loan));
    if (loans.empty()) return Batch{};
    const auto lease = hand_out_.lease(loans, kLeaseSeconds);
    if (!lease) return lease.error();
    take_note(lease->token);
    Batch batch{lease->token, lease->seconds, {}, 0};
    for (const mail::Loan& loan : loans) batch.mails.push_back(handed(hand_out_, loan));
    return batch;
}

mail::Result<mail::Settlement> LocalPostmaster::report(const std::string& lease,
                                                       const std::vector<mail::Outcome>& outcomes)
{
    return hand_out_.settle(lease, outcomes);
}

mail::Result<std::chrono::seconds> LocalPostmaster::renew(const std::string& lease)
{
    const auto renewed = hand_out_.renew(lease, kLeaseSeconds);
    if (!renewed) return renewed.error();
    return renewed->seconds;
}

mail::Result<mail::Done> LocalPostmaster::release(const std::string& lease)
{
    return hand_out_.release(lease);
}

}  // namespace postman
