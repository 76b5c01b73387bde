#include "postman/local_postmaster.h"

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::chrono::seconds kLeaseSeconds{900};

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
