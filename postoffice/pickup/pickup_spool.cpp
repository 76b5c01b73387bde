#include "postoffice/pickup/pickup_spool.h"

namespace postoffice
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::SpoolLayout;

Result<std::unique_ptr<PickupSpool>> PickupSpool::open(const std::string& queue,
                                                       const mail::DirectoryIntakeOptions& options,
                                                       mail::Files& files, const mail::Clock& clock)
{
    const std::string name = "pickup-" + mail::sha256_hex(queue).substr(0, 16);
    auto intake = mail::DirectoryIntake::open_beside(name, options, files, clock);
    if (!intake) return std::move(intake).error();
    std::unique_ptr<PickupSpool> spool(new PickupSpool(std::move(*intake)));
    if (auto ok = spool->read_handed(); !ok) return std::move(ok).error();
    return spool;
}

/// With --delete-on-get only is there anything.
Result<Done> PickupSpool::read_handed()
{
    return intake_->files().list(intake_->layout().handed_dir(), [this](std::string_view name) {
        const auto day = SpoolLayout::handed_day(name);
        if (!day) return;
        if (const auto mail = SpoolLayout::parse(name.substr(day->size() + 1)))
            handed_.insert(mail->id);
    });
}

/// Where a mail of that id lies; empty: nowhere. Not corrupt/: what lies there is delivered to
/// nobody, and the queue's file may be the last that is whole.
std::string PickupSpool::directory_of(const mail::SpoolId& id) const
{
    const SpoolLayout& layout = intake_->layout();
    for (const std::string& directory :
         {layout.messages_dir(), layout.held_dir(), layout.failed_dir()})
        if (intake_->files().status(directory + "/" + SpoolLayout::file_name({id})))
            return directory;
    return handed_.contains(id) ? layout.handed_dir() : "";
}

/// A rename whose sync failed is taken back; where that failed too, the name is there and may not
/// last, hence the sync of what is there. (After a crash open() has synced all.)
Result<PickupSpool::Kept> PickupSpool::keep(const mail::Record& record)
{
    if (const std::string there = directory_of(record.id); !there.empty()) {
        if (auto ok = intake_->files().sync_dir(there); !ok) return std::move(ok).error();
        return Kept::before;
    }
    if (auto ok = intake_->write_durably(record); !ok) return std::move(ok).error();
    return Kept::now;
}

}  // namespace postoffice
