#include "postman/courier.h"

#include <algorithm>
#include <set>
#include <system_error>
#include <thread>

#include "common/log.h"
#include "postman/pulse.h"

namespace postman
{
namespace
{

using Ids = std::set<mail::SpoolId>;

/// Were all of these told about in the batch before?
bool is_repeat(const Batch& batch, const Ids& told)
{
    return std::all_of(batch.mails.begin(), batch.mails.end(),
                       [&](const HandedMail& mail) { return told.contains(mail.id); });
}

}  // namespace

bool Courier::is_over(const std::stop_token& stop) const
{
    return stop.stop_requested() || way_out_.is_broken() || way_out_.pace.is_used_up();
}

Round Courier::run(std::chrono::seconds wait, std::stop_token stop)
{
    Round round;
    Ids told;
    for (; !is_over(stop); wait = std::chrono::seconds(0)) {
        const mail::BootTime asked_at = way_out_.clock.boot();
        const auto batch = postmaster_.lease(mails_per_lease(way_out_.jobs), wait, stop);
        if (!batch) {
            if (stop.stop_requested()) break;
            mail::log::warning("endpoint-failed", {{"endpoint", postmaster_.name()},
                                                   {"reason", batch.error().describe()}});
            round.endpoint_failed = true;
            break;
        }
        if (batch->mails.empty() && batch->without_id == 0) break;
        note_unreadable(*batch, round);
        LeaseKeeper lease(postmaster_, batch->lease, asked_at, batch->seconds, way_out_.clock);
        // Told what became of them, and they come again: this would go on for ever.
        if (is_repeat(*batch, told)) {
            mail::log::warning("endpoint-repeats",
                               {{"endpoint", postmaster_.name()}, {"mails", batch->mails.size()}});
            give_back(lease);
            round.endpoint_failed = true;
            break;
        }
        Reporter reporter(postmaster_, batch->lease, way_out_.ledger, way_out_.clock);
        if (!work_off(*batch, lease, reporter, round, stop)) break;
        told = reporter.told();
    }
    if (!way_out_.ledger.flush()) way_out_.fault = Fault::ledger;
    return round;
}

void Courier::note_unreadable(const Batch& batch, Round& round) const
{
    if (batch.without_id == 0) return;
    mail::log::warning("records-without-id",
                       {{"endpoint", postmaster_.name()}, {"records", batch.without_id}});
    round.has_unreadable = true;
}

bool Courier::work_off(const Batch& batch, LeaseKeeper& lease, Reporter& reporter, Round& round,
                       std::stop_token stop)
{
    if (const auto ok = way_out_.ledger.open(); !ok) {
        mail::log::error("ledger-broken", {{"reason", ok.error().describe()}});
        way_out_.fault = Fault::ledger;
        give_back(lease);
        return false;
    }
    carry_all(batch, lease, reporter, stop);
    if (!reporter.report_all()) round.endpoint_failed = true;
    round.counts.add(reporter.counts());
    round.counts.mails += batch.mails.size();
    if (is_over(stop)) give_back(lease);
    return !round.endpoint_failed;
}

void Courier::carry_all(const Batch& batch, LeaseKeeper& lease, Reporter& reporter,
                        std::stop_token stop)
{
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> is_stopped = false;
    const auto work = [&] {
        Carrier carrier(way_out_, lease);
        while (!is_stopped && !stop.stop_requested()) {
            const std::size_t i = next++;
            if (i >= batch.mails.size()) break;
            if (carrier.carry(batch.mails[i], stop) == Carrier::Next::stop) is_stopped = true;
            if (way_out_.pulse != nullptr) way_out_.pulse->step();
            reporter.add(carrier.take_told());
            if (!reporter.is_due()) continue;
            carrier.finish();  // nothing waits unsynced while we ask
            reporter.add(carrier.take_told());
            reporter.report_if_due();
        }
        carrier.finish();
        reporter.add(carrier.take_told());
    };
    std::vector<std::jthread> helpers;
    const std::size_t hands = std::min<std::size_t>(way_out_.jobs, batch.mails.size());
    try {
        for (std::size_t i = 1; i < hands; ++i) helpers.emplace_back(work);
    } catch (const std::system_error& lack) {
        mail::log::warning("fewer-hands", {{"jobs", helpers.size() + 1}, {"reason", lack.what()}});
    }
    work();
}

void Courier::give_back(const LeaseKeeper& lease)
{
    const auto ok = postmaster_.release(lease.token());
    if (!ok && ok.error().kind != mail::ErrorKind::missing)
        mail::log::info("lease-not-released",
                        {{"endpoint", postmaster_.name()}, {"reason", ok.error().describe()}});
}

}  // namespace postman
