/// One pass over nullmailer's queue: each file that is whole goes into the spool, and is removed
/// once it is durable there. What each step leaves after a crash: docs/pickup.md.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "common/nullmailer/queue_directory.h"
#include "postoffice/pickup/pickup_spool.h"

namespace postoffice
{

class PickupRound
{
public:
    struct Tally {
        std::size_t picked_up = 0;   // files
        std::size_t refused = 0;     // moved to failed/, whole or for some recipients
        std::size_t left = 0;        // in the queue, for later
        std::size_t unfinished = 0;  // of those: somebody is writing it
    };

    /// All must outlive it.
    PickupRound(mail::nullmailer::QueueDirectory& queue, PickupSpool& spool,
                std::size_t max_content_bytes)
        : queue_(queue), spool_(spool), max_content_bytes_(max_content_bytes)
    {
    }

    /// To be called again and again: what it has told of a file it tells once.
    /// is_over  asked before each mail
    /// errors   temporary: the directory cannot be read
    [[nodiscard]] mail::Result<Tally> run(const std::function<bool()>& is_over);

private:
    enum class End { picked_up, refused, left, unfinished, gone };

    void forget_all_but(const std::vector<std::string>& names);
    End take(const std::string& name);
    End leave(const std::string& name, const mail::Error& error);
    End refuse(const std::string& name, const std::string& reason);
    bool keep_all(const std::string& name, const std::vector<mail::Record>& records);
    bool is_first_word_of(const std::string& name) { return told_.insert(name).second; }

    mail::nullmailer::QueueDirectory& queue_;
    PickupSpool& spool_;
    const std::size_t max_content_bytes_;
    std::set<std::string> told_;  // files that are left, and the log knows
    /// Kept, and the file could not be removed: known without a look into the spool, from where
    /// they may be gone by now.
    std::set<mail::SpoolId> kept_;
};

}  // namespace postoffice
