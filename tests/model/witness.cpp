#include "tests/model/witness.h"

#include <algorithm>

#include "common/spool/record.h"

namespace model
{
namespace
{

std::string words(const Pair& pair)
{
    return pair.first.hex() + " " + pair.second;
}

bool has_line(const std::string& ledger, const char* event, const Pair& pair)
{
    const std::string line = std::string(" ") + event + " " + pair.first.hex() + " " +
                             mail::sha256_hex(pair.second).substr(0, 16);
    return ledger.find(line) != std::string::npos;
}

}  // namespace

void Counts::add(const Counts& other)
{
    schedules += other.schedules;
    commits += other.commits;
    leases += other.leases;
    deliveries += other.deliveries;
    again_w5 += other.again_w5;
    again_w9 += other.again_w9;
    kills += other.kills;
    cuts += other.cuts;
    faults += other.faults;
    lost_words += other.lost_words;
}

void Witness::committed(const mail::SpoolId& id, std::vector<std::string> recipients)
{
    ++counts_.commits;
    promised_[id] = std::move(recipients);
}

void Witness::may_return(const std::vector<mail::SpoolId>& ids)
{
    for (const mail::SpoolId& id : ids)
        for (const std::string& recipient : promised_[id])
            tallies_[{id, recipient}].is_final = false;
}

bool Witness::is_live(const std::string& token, const Pair& pair, mail::BootTime now) const
{
    const auto lease = leases_.find(token);
    return lease != leases_.end() && lease->second.until > now && lease->second.pairs.count(pair);
}

bool Witness::names(const mail::Outcome& outcome, const Pair& pair)
{
    const auto& all = outcome.recipients;
    return outcome.id == pair.first &&
           (all.empty() || std::find(all.begin(), all.end(), pair.second) != all.end());
}

void Witness::lent(const std::string& token, const std::vector<Pair>& pairs,
                   const mail::Clock& clock, mail::BootTime until)
{
    ++counts_.leases;
    for (const Pair& pair : pairs) {
        for (const auto& [other, lease] : leases_)
            if (is_live(other, pair, clock.boot())) throw Broken{"lent-once: " + words(pair)};
        Tally& tally = tallies_[pair];
        if (tally.is_shelved && cut_off_.count(pair.first)) tally.is_final = false;
        if (tally.is_final) throw Broken{"settled: lent again: " + words(pair)};
        if (tally.due_boot == clock.boot_id() && clock.boot() < tally.due)
            throw Broken{"due: lent too early: " + words(pair)};
        leases_[token].pairs.insert(pair);
    }
    leases_[token].until = until;
    boot_of_[token] = clock.boot_id();
}

void Witness::renewed(const std::string& token, mail::BootTime until)
{
    if (const auto lease = leases_.find(token); lease != leases_.end()) lease->second.until = until;
}

void Witness::maybe_settled(const std::string& token, const std::vector<mail::Outcome>& outcomes)
{
    for (const mail::Outcome& outcome : outcomes) cut_off_.insert(outcome.id);
    const auto lease = leases_.find(token);
    if (lease == leases_.end()) return;
    for (const mail::Outcome& outcome : outcomes)
        std::erase_if(lease->second.pairs, [&](const Pair& pair) { return names(outcome, pair); });
}

void Witness::settled(const std::string& token, const std::vector<mail::Outcome>& outcomes,
                      const mail::Settlement& settlement, const mail::Clock& clock)
{
    const auto lease = leases_.find(token);
    if (lease == leases_.end()) return;
    for (const mail::Outcome& outcome : outcomes) {
        const auto& ids = settlement.settled;
        const bool is_taken = std::find(ids.begin(), ids.end(), outcome.id) != ids.end();
        std::erase_if(lease->second.pairs, [&](const Pair& pair) {
            if (!is_taken || !names(outcome, pair)) return false;
            Tally& tally = tallies_[pair];
            if (outcome.kind == mail::OutcomeKind::deferred) {
                tally.due = clock.boot() + outcome.retry_after;
                tally.due_boot = clock.boot_id();
            } else {
                tally.is_final = true;
                tally.is_shelved = outcome.kind != mail::OutcomeKind::delivered;
            }
            return true;
        });
    }
}

void Witness::delivery_begins(int courier, const std::string& token, const Pair& pair,
                              const mail::Clock& clock, const std::string& durable_ledger)
{
    if (!has_line(durable_ledger, "started", pair)) throw Broken{"start: " + words(pair)};
    const bool is_same_boot = boot_of_[token] == clock.boot_id();
    if (is_same_boot && !is_live(token, pair, clock.boot()))
        throw Broken{"on-loan: " + words(pair)};
    const Tally& tally = tallies_[pair];
    if (tally.accepted == 0) return;
    if (tally.last_courier == courier && !tally.may_repeat) throw Broken{"once: " + words(pair)};
    // Another courier's, lent and settled after a reboot that this one has not heard of: W9.
    if (tally.is_final && (is_same_boot || tally.last_courier == courier))
        throw Broken{"once: after it was settled: " + words(pair)};
}

void Witness::accepted(int courier, const Pair& pair)
{
    Tally& tally = tallies_[pair];
    ++counts_.deliveries;
    if (tally.accepted > 0) ++(tally.last_courier == courier ? counts_.again_w5 : counts_.again_w9);
    ++tally.accepted;
    tally.last_courier = courier;
    tally.is_at_risk = true;
    tally.may_repeat = false;
}

void Witness::told(const std::vector<mail::Outcome>& outcomes, const std::string& durable_ledger,
                   bool ledger_is_broken) const
{
    if (ledger_is_broken) return;  // delivered is delivered, and is told
    for (const mail::Outcome& outcome : outcomes) {
        if (outcome.kind != mail::OutcomeKind::delivered) continue;
        for (const std::string& recipient : outcome.recipients) {
            const Pair pair{outcome.id, recipient};
            if (!has_line(durable_ledger, "done", pair) &&
                !has_line(durable_ledger, "confirmed", pair))
                throw Broken{"told: " + words(pair)};
        }
    }
}

void Witness::courier_died(int courier, const std::function<bool(const Pair&)>& is_done)
{
    for (auto& [pair, tally] : tallies_) {
        if (!tally.is_at_risk || tally.last_courier != courier) continue;
        tally.is_at_risk = false;
        tally.may_repeat = !is_done(pair);
    }
}

void Witness::all_is_well(const std::function<bool(const mail::SpoolId&)>& is_on_a_shelf) const
{
    for (const auto& [id, recipients] : promised_) {
        for (const std::string& recipient : recipients) {
            const auto found = tallies_.find({id, recipient});
            const Tally tally = found == tallies_.end() ? Tally{} : found->second;
            if (tally.accepted > 0) continue;
            if (!is_on_a_shelf(id)) throw Broken{"kept: lost: " + words({id, recipient})};
        }
    }
}

}  // namespace model
