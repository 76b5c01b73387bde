/// What lies on the shelves, looked at now and then: a look lists directories, and somebody who
/// asks every second must not keep the disk busy. Any thread.
#pragma once

#include <mutex>
#include <optional>
#include <vector>

#include "common/clock.h"
#include "common/spool/spool.h"

namespace postmaster
{

class KeptShelves
{
public:
    static constexpr std::chrono::seconds kGoodFor{5};  // at least
    static constexpr int kRestsTimes = 20;              // as long as a look took, at least
    static constexpr std::size_t kNewest = 50;

    /// Both must outlive it.
    KeptShelves(mail::HandOut& hand_out, const mail::Clock& clock)
        : hand_out_(hand_out), clock_(clock)
    {
    }

    /// blocks  for a listing, where the last one is old
    [[nodiscard]] mail::Result<mail::ShelfCounts> counts();

    /// The newest of each shelf, the newest first.
    struct Newest {
        std::vector<mail::KeptMail> held, failed, corrupt;
    };
    [[nodiscard]] mail::Result<Newest> newest();

private:
    template <class T>
    struct Look {
        std::mutex mutex;
        std::optional<mail::Result<T>> seen;
        mail::BootTime good_until{};
    };
    template <class T, class Take>
    mail::Result<T> looked(Look<T>& look, const Take& take);
    mail::Result<Newest> take_newest();

    mail::HandOut& hand_out_;
    const mail::Clock& clock_;
    Look<mail::ShelfCounts> counts_;
    Look<Newest> newest_;
};

}  // namespace postmaster
