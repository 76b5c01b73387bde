#include "postmaster/status_page.h"

#include <algorithm>

#include "common/duration.h"
#include "common/spool/recipient_words.h"
#include "postmaster/alarms.h"
#include "postmaster/day_chart.h"
#include "postmaster/html_text.h"

namespace postmaster
{
namespace
{

using mail::duration_words;
using mail::KeptMail;
using mail::rfc3339;
using std::chrono::seconds;

constexpr std::size_t kMostOfReason = 300;  // characters
constexpr std::size_t kMostOfAddress = 100;
constexpr std::size_t kMostRecipients = 5;  // of a mail

constexpr const char* kHead = R"(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="60">
<title>postmaster</title>
<style>
:root{--ink:#1d2430;--soft:#5b6676;--back:#f6f7f9;--card:#fff;--line:#dde2e9;--came:#2f6fde;--went:#1f9d6b;--bad:#b3261e;--bad-back:#fdeceb;--good:#17734d}
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa6b6;--back:#12161c;--card:#1b212a;--line:#303946;--came:#6ea3ff;--went:#4fd1a0;--bad:#ffb4ab;--bad-back:#3a1b1b;--good:#6fdcae}}
*{box-sizing:border-box}
body{margin:0;background:var(--back);color:var(--ink);font:16px/1.45 system-ui,sans-serif}
main{max-width:46rem;margin:0 auto;padding:1rem}
h1{font-size:1.25rem;margin:.25rem 0 1rem}
h2{font-size:1rem;margin:1.75rem 0 .5rem}
h1 span,h2 span,.soft{color:var(--soft);font-weight:normal;font-size:.875rem}
ul{list-style:none;margin:0;padding:0}
.alarms li,.calm{border-radius:.5rem;padding:.5rem .75rem;margin:0 0 .5rem;background:var(--card);border:1px solid var(--line);color:var(--good)}
.alarms li{background:var(--bad-back);border-color:var(--bad);color:var(--bad);font-weight:600}
.states{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.5rem,1fr));gap:.5rem}
.states li,.kept li,.chart{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
.states b{display:block;font-size:1.5rem;line-height:1.2;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.bad b{color:var(--bad)}
dl{display:grid;grid-template-columns:auto 1fr;gap:.15rem 1rem;margin:1rem 0 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
dd .soft{white-space:nowrap}
svg{display:block;width:100%;height:7.5rem}
.came{fill:var(--came)}.went{fill:var(--went)}
.hours,.middle{stroke:var(--line);fill:none;vector-effect:non-scaling-stroke}
.middle{stroke:var(--soft)}
.axis,.legend{display:flex;justify-content:space-between;flex-wrap:wrap;gap:0 1rem;color:var(--soft);font-size:.8125rem}
.legend b::before{content:"";display:inline-block;width:.7em;height:.7em;margin-right:.35em;border-radius:2px;background:currentColor}
.legend .c{color:var(--came)}.legend .w{color:var(--went)}
.kept li{margin:0 0 .5rem;overflow-wrap:anywhere}
.kept code{font-size:.8125rem}
.kept p{margin:.15rem 0 0}
footer{margin:2rem 0 .5rem}
</style>
</head>
<body>
<main>
)";

constexpr const char* kFoot = "</main>\n</body>\n</html>\n";

std::string ago(std::optional<mail::WallTime> time, const Situation& now)
{
    if (!time) return "none since the start";
    const auto length = std::chrono::floor<seconds>(now.now - *time);
    return duration_words(length) + " ago <span class=\"soft\">" + rfc3339(*time) + "</span>";
}

void add_alarms(std::string& html, const std::vector<std::string>& alarms)
{
    if (alarms.empty()) {
        html += "<p class=\"calm\">No alarm.</p>\n";
        return;
    }
    html += "<ul class=\"alarms\">\n";
    for (const std::string& alarm : alarms) html += "<li>" + html_text(alarm) + "</li>\n";
    html += "</ul>\n";
}

void add_state(std::string& html, const char* name, std::optional<std::size_t> mails, bool is_bad)
{
    const bool is_alarming = is_bad && mails.value_or(1) != 0;
    html += is_alarming ? "<li class=\"bad\"><b>" : "<li><b>";
    html += (mails ? std::to_string(*mails) : "?") + "</b>" + name + "</li>\n";
}

void add_states(std::string& html, const Situation& now)
{
    const auto& shelves = now.shelves;
    const auto on = [&](std::size_t mail::ShelfCounts::*shelf) {
        return shelves ? std::optional((*shelves).*shelf) : std::nullopt;
    };
    html += "<ul class=\"states\">\n";
    add_state(html, "waiting", now.census.waiting, false);
    add_state(html, "leased", now.census.leased, false);
    add_state(html, "deferred", now.census.deferred, false);
    add_state(html, "held", on(&mail::ShelfCounts::held), true);
    add_state(html, "failed", on(&mail::ShelfCounts::failed), true);
    add_state(html, "corrupt", on(&mail::ShelfCounts::corrupt), true);
    html += "</ul>\n";
}

std::string room_words(std::uint64_t bytes)
{
    const std::uint64_t mib = bytes / (1024 * 1024);
    return mib < 10 * 1024 ? std::to_string(mib) + " MiB" : std::to_string(mib / 1024) + " GiB";
}

void add_fact(std::string& html, const char* name, const std::string& value)
{
    html += std::string("<dt>") + name + "</dt><dd>" + value + "</dd>\n";
}

void add_facts(std::string& html, const Situation& now)
{
    const auto& age = now.census.oldest_age;
    html += "<dl>\n";
    add_fact(html, "Oldest waiting",
             age ? duration_words(std::chrono::floor<seconds>(*age)) : "none waits");
    add_fact(html, "Last courier visit", ago(now.last_visit, now));
    add_fact(html, "Last mail lent", ago(now.last_lent, now));
    add_fact(html, "Open leases", std::to_string(now.census.leases));
    if (now.room) add_fact(html, "Free on the disk", room_words(now.room->free_bytes));
    add_fact(html, "Running since", ago(now.started, now));
    html += "</dl>\n";
}

void add_day(std::string& html, const std::vector<DayCurve::Slot>& day)
{
    std::uint64_t came = 0, went = 0, most = 0;
    for (const DayCurve::Slot& slot : day) {
        came += slot.came;
        went += slot.went;
        most = std::max({most, slot.came, slot.went});
    }
    html +=
        "<h2>24 hours <span>by ten minutes, since the start</span></h2>\n<div class=\"chart\">\n" +
        day_chart(day) +
        "\n<div class=\"axis\"><span>24 h ago</span><span>18 h</span><span>12 h</span>"
        "<span>6 h</span><span>now</span></div>\n<div class=\"legend\"><b class=\"c\">" +
        std::to_string(came) + " came</b><span>most in ten minutes: " + std::to_string(most) +
        "</span><b class=\"w\">" + std::to_string(went) + " handed out</b></div>\n</div>\n";
}

void add_recipients(std::string& html, const KeptMail& mail)
{
    std::size_t shown = 0;
    for (const KeptMail::Recipient& one : mail.recipients) {
        if (shown++ == kMostRecipients) break;
        html += "<p class=\"soft\">" + html_text(one.address, kMostOfAddress) + " ";
        html += word_of(one.status);
        if (!one.reason.empty() && one.reason != mail.reason)
            html += ": " + html_text(one.reason, kMostOfReason);
        html += "</p>\n";
    }
    if (mail.recipients.size() > kMostRecipients)
        html += "<p class=\"soft\">and " +
                std::to_string(mail.recipients.size() - kMostRecipients) + " more</p>\n";
}

void add_kept_mail(std::string& html, const KeptMail& mail, const Situation& now)
{
    html += "<li><code>" + mail.id.hex() + "</code> <span class=\"soft\">" +
            duration_words(std::chrono::floor<seconds>(now.now - mail.since)) + "</span>\n<p>" +
            (mail.reason.empty() ? "No reason is known: a person put it there."
                                 : html_text(mail.reason, kMostOfReason)) +
            "</p>\n";
    add_recipients(html, mail);
    html += "</li>\n";
}

void add_shelf(std::string& html, const char* name, const std::vector<KeptMail>& mails,
               std::size_t all, const Situation& now)
{
    if (mails.empty()) return;
    html += std::string("<h2>") + name + " <span>" + std::to_string(std::max(all, mails.size()));
    if (all > mails.size()) html += ", the newest " + std::to_string(mails.size());
    html += "</span></h2>\n<ul class=\"kept\">\n";
    for (const KeptMail& mail : mails) add_kept_mail(html, mail, now);
    html += "</ul>\n";
}

}  // namespace

std::string status_page(const Status& status)
{
    const Situation& now = status.situation;
    const mail::ShelfCounts shelves = now.shelves.value_or(mail::ShelfCounts{});
    std::string html = kHead;
    html += "<h1>postmaster <span>" + rfc3339(now.now) + "</span></h1>\n";
    add_alarms(html, alarms_of(now));
    add_states(html, now);
    add_facts(html, now);
    add_day(html, status.day);
    if (status.kept) {
        add_shelf(html, "Held", status.kept->held, shelves.held, now);
        add_shelf(html, "Failed", status.kept->failed, shelves.failed, now);
        add_shelf(html, "Corrupt", status.kept->corrupt, shelves.corrupt, now);
    }
    html +=
        "<footer class=\"soft\">For reading alone. <code>postmaster queue show ID</code> says "
        "more of a mail; /metrics and /alarms are for machines.</footer>\n";
    return html + kFoot;
}

}  // namespace postmaster
