#include "postman/local_postmaster.h"

#include "common/log.h"

namespace postman
{
namespace
{

constexpr std::chrono::seconds kLeaseSeconds{900};

/// Read again when its turn comes, so that a batch of large mails is not in memory at once.
HandedMail handed(mail::HandOut& hand_out, const mail::Loan& loan, std::size_t bytes)
{
    return {loan.pick.id, bytes, [&hand_out, loan]() -> mail::Result<mail::Record> {
                auto record = hand_out.read(loan.pick);
                if (record) record->envelope.recipients = loan.recipients;
                return record;
            }};
}

}  // namespace

std::optional<LocalPostmaster::Found> LocalPostmaster::find(const mail::Pick& pick)
{
    const auto record = hand_out_.read(pick);
    if (record) {
        auto recipients = hand_out_.lendable(pick, record->envelope);
        if (!recipients.empty())
            return Found{{pick, std::move(recipients)}, record->content.size()};
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
    std::vector<std::size_t> bytes;
    for (const mail::Pick& pick : hand_out_.next(most)) {
        auto found = find(pick);
        if (!found) continue;
        loans.push_back(std::move(found->loan));
        bytes.push_back(found->bytes);
    }
    if (loans.empty()) return Batch{};
    const auto lease = hand_out_.lease(loans, kLeaseSeconds);
    if (!lease) return lease.error();
    Batch batch{lease->token, lease->seconds, {}, 0};
    for (std::size_t i = 0; i < loans.size(); ++i)
        batch.mails.push_back(handed(hand_out_, loans[i], bytes[i]));
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
