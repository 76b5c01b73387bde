/// The spool as a pickup sees it: an intake beside the catcher's, which knows a mail again that it
/// kept before. Blocks for disk.
#pragma once

#include <memory>
#include <string>
#include <unordered_set>

#include "common/spool/directory_intake.h"

namespace postoffice
{

class PickupSpool
{
public:
    enum class Kept { now, before };

    /// queue  canonical: two pickups of one queue are each other's conflict, those of two are not
    /// errors  as DirectoryIntake::open_beside
    static mail::Result<std::unique_ptr<PickupSpool>> open(
        const std::string& queue, const mail::DirectoryIntakeOptions& options,
        mail::Files& files = mail::system_files(), const mail::Clock& clock = mail::system_clock());

    /// On success the mail survives a power cut: in messages/, or where postmaster has put it.
    /// A mail that was delivered and deleted since is kept once more, under its id, and the
    /// courier's ledger stops it.
    ///
    /// errors  temporary: nothing is kept. malformed: an address is not UTF-8
    [[nodiscard]] mail::Result<Kept> keep(const mail::Record& record);
    bool has_room() { return intake_->has_room(); }
    bool is_lost() const { return intake_->is_lost(); }

private:
    explicit PickupSpool(std::unique_ptr<mail::DirectoryIntake> intake) : intake_(std::move(intake))
    {
    }
    mail::Result<mail::Done> read_handed();
    std::string directory_of(const mail::SpoolId& id) const;

    std::unique_ptr<mail::DirectoryIntake> intake_;
    /// In state/handed/ when we began: what a run before us may have kept.
    std::unordered_set<mail::SpoolId, mail::SpoolId::Hash> handed_;
};

}  // namespace postoffice
