#include "postman/status.h"

#include <nlohmann/json.hpp>

#include "common/clock.h"

namespace postman
{
namespace
{

using Json = nlohmann::ordered_json;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::uint64_t kMaxTotalsBytes = 1 << 20;

std::string age_text(std::int64_t seconds)
{
    constexpr std::int64_t kMinute = 60, kHour = 3600, kDay = 86'400;
    if (seconds < 2 * kMinute) return std::to_string(std::max<std::int64_t>(seconds, 0)) + " s ago";
    if (seconds < 2 * kHour) return std::to_string(seconds / kMinute) + " min ago";
    if (seconds < 2 * kDay) return std::to_string(seconds / kHour) + " h ago";
    return std::to_string(seconds / kDay) + " days ago";
}

std::string time_text(std::int64_t time, std::int64_t now)
{
    if (time == 0) return "never";
    return mail::rfc3339(mail::WallTime(std::chrono::seconds(time))) + " (" + age_text(now - time) +
           ")";
}

/// "delivered 7, deferred 0, …".
std::string counts_text(const std::map<std::string, std::uint64_t>& counts)
{
    std::string text;
    for (const auto& [outcome, count] : counts) {
        text += (text.empty() ? "" : ", ") + std::to_string(count) + " ";
        for (const char c : outcome) text += c == '_' ? ' ' : c;
    }
    return text.empty() ? "nothing" : text;
}

}  // namespace

bool CourierStatus::is_fresh(std::int64_t now, std::chrono::seconds max_age) const
{
    return totals.last_successful_round != 0 &&
           now - totals.last_successful_round <= max_age.count();
}

Result<CourierStatus> read_status(const std::string& state, mail::Files& files)
{
    CourierStatus status;
    const auto text = files.read_all(state + "/totals.json", kMaxTotalsBytes);
    if (text)
        status.totals = parse_totals(*text);
    else if (text.error().kind != ErrorKind::missing)
        return text.error();
    else if (const auto there = files.status(state); !there)
        return there.error();
    const auto ledger = LedgerView::read(state, files);
    if (!ledger) return ledger.error();
    status.ledger = ledger->summary();
    return status;
}

std::string status_text(const CourierStatus& status, std::int64_t now, std::chrono::seconds max_age)
{
    const Totals& totals = status.totals;
    const LedgerView::Summary& ledger = status.ledger;
    std::string text = "last round:    " + time_text(totals.last_round, now);
    if (totals.last_round != 0)
        text += std::string(totals.last.is_ok ? ", ok" : ", failed") + ": " +
                std::to_string(totals.last.mails) + " mails by " + totals.last.via + "; " +
                counts_text(totals.last.recipients);
    text += "\nlast success:  " + time_text(totals.last_successful_round, now);
    if (!status.is_fresh(now, max_age))
        text += ", longer than " + std::to_string(max_age.count() / 60) + " min";
    text += "\nrounds:        " + std::to_string(totals.rounds_ok) + " ok, " +
            std::to_string(totals.rounds_failed) + " failed; " + std::to_string(totals.mails) +
            " mails\nledger:        " + std::to_string(ledger.octets) + " octets, " +
            std::to_string(ledger.recipients) + " recipients: " + std::to_string(ledger.open) +
            " begun and not ended, " + std::to_string(ledger.deferred) + " deferred, " +
            std::to_string(ledger.unconfirmed) + " delivered and not confirmed\n";
    if (ledger.damaged != 0)
        text += "               " + std::to_string(ledger.damaged) + " lines cannot be read\n";
    for (const auto& [via, counts] : totals.recipients)
        text += via + ": " + counts_text(counts) + "\n";
    return text;
}

std::string status_json(const CourierStatus& status, std::int64_t now, std::chrono::seconds max_age)
{
    const Totals& totals = status.totals;
    const LedgerView::Summary& ledger = status.ledger;
    Json last = {{"time", totals.last_round},
                 {"ok", totals.last.is_ok},
                 {"via", totals.last.via},
                 {"mails", totals.last.mails}};
    for (const auto& [outcome, count] : totals.last.recipients) last[outcome] = count;
    const Json json = {{"fresh", status.is_fresh(now, max_age)},
                       {"last_round", last},
                       {"last_success", totals.last_successful_round},
                       {"rounds_ok", totals.rounds_ok},
                       {"rounds_failed", totals.rounds_failed},
                       {"mails", totals.mails},
                       {"ledger",
                        {{"octets", ledger.octets},
                         {"recipients", ledger.recipients},
                         {"open", ledger.open},
                         {"deferred", ledger.deferred},
                         {"unconfirmed", ledger.unconfirmed},
                         {"damaged", ledger.damaged}}},
                       {"ways_out", totals.recipients}};
    return json.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace postman
