/// The witness: sees what the three programs say to each other and to the world, and knows what was
/// promised. It asks none of them. The invariants, by their names in docs/guarantees.md:
///
///   kept       a mail whose commit returned is delivered, failed or held for each of its
///   recipients
///              in the end, whatever happened between
///   lent-once  no recipient is in two live leases
///   settled    what was answered `settled` is never lent again; but who failed or was held may be,
///   where
///              the outcome that was to move the file to its shelf was cut off (docs/spool.md)
///   due        a deferred recipient is not lent before its time, until a reboot
///   start      nothing goes to the way out before its `started` is durable in the ledger
///   told       no outcome `delivered` is told before its `done` is durable
///   on-loan    a delivery begins only on a lease that lives, unless the origin has rebooted since
///   once       a second delivery to a recipient lies in a window: W5 (the first died between its
///              acceptance and its durable `done`), or W9 (another courier's, told to nobody when
///              its lease ended), or W11 (another courier's, after a replay)
///   no-resync  no file is synced again after its sync has failed
#pragma once

#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/spool/spool.h"

namespace model
{

/// One recipient of one mail.
using Pair = std::pair<mail::SpoolId, std::string>;

/// An invariant that does not hold. Thrown through everything.
struct Broken {
    std::string what;
};

struct Counts {
    std::uint64_t schedules = 0, commits = 0, leases = 0, deliveries = 0, again_w5 = 0,
                  again_w9 = 0, kills = 0, cuts = 0, faults = 0, lost_words = 0;
    void add(const Counts& other);
};

class Witness
{
public:
    explicit Witness(Counts& counts) : counts_(counts) {}

    void committed(const mail::SpoolId& id, std::vector<std::string> recipients);

    // What the origin does.
    void lent(const std::string& token, const std::vector<Pair>& pairs, const mail::Clock& clock,
              mail::BootTime until);
    void renewed(const std::string& token, mail::BootTime until);
    void released(const std::string& token) { leases_.erase(token); }
    /// An outcome was asked for, and nobody knows what came of it.
    void maybe_settled(const std::string& token, const std::vector<mail::Outcome>& outcomes);
    void settled(const std::string& token, const std::vector<mail::Outcome>& outcomes,
                 const mail::Settlement& settlement, const mail::Clock& clock);
    void rebooted() { leases_.clear(); }
    /// The commit journal was replayed, with these in it: what was settled of them may be lent
    /// again (W11). To the courier that delivered it, the rule stays the same.
    void may_return(const std::vector<mail::SpoolId>& ids);

    // What the couriers do.
    void delivery_begins(int courier, const std::string& token, const Pair& pair,
                         const mail::Clock& clock, const std::string& durable_ledger);
    void accepted(int courier, const Pair& pair);
    void told(const std::vector<mail::Outcome>& outcomes, const std::string& durable_ledger,
              bool ledger_is_broken) const;
    /// The process is gone. is_done: what the next one finds in the ledger.
    void courier_died(int courier, const std::function<bool(const Pair&)>& is_done);

    /// In the end, with nothing left to hand out.
    void all_is_well(const std::function<bool(const mail::SpoolId&)>& is_on_a_shelf) const;

private:
    struct Tally {
        int accepted = 0;
        int last_courier = -1;
        bool is_at_risk = false;  // accepted, and not seen in a durable ledger yet
        bool may_repeat = false;  // W5
        bool is_final = false;    // settled, and the courier has heard it
        bool is_shelved = false;  // failed or held
        mail::BootTime due{0};
        std::string due_boot;
    };
    struct LiveLease {
        mail::BootTime until{0};
        std::set<Pair> pairs;
    };
    bool is_live(const std::string& token, const Pair& pair, mail::BootTime now) const;
    static bool names(const mail::Outcome& outcome, const Pair& pair);

    Counts& counts_;
    std::map<mail::SpoolId, std::vector<std::string>> promised_;
    std::map<Pair, Tally> tallies_;
    std::map<std::string, LiveLease> leases_;
    std::set<mail::SpoolId> cut_off_;  // an outcome of theirs was, by a crash or an error
    std::map<std::string, std::string> boot_of_;  // of every lease ever granted
};

}  // namespace model
