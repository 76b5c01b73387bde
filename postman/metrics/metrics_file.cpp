#include "postman/metrics/metrics_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <tuple>
#include <utility>

#include "common/log.h"

namespace postman
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

MetricsFile::MetricsFile(std::string path, std::string state, mail::Files& files,
                         const mail::Clock& clock)
    : path_(std::move(path)), totals_path_(state + "/totals.json"), files_(files), clock_(clock)
{
}

void MetricsFile::count(const std::string& via, const Round& round, bool is_ok)
{
    constexpr std::uint64_t kMaxTotalsBytes = 1 << 20;
    if (!std::exchange(is_read_, true))
        if (const auto text = files_.read_all(totals_path_, kMaxTotalsBytes))
            totals_ = parse_totals(*text);
    totals_.last = {is_ok, via, round.counts.mails, {}};
    totals_.last.recipients = {{"delivered", round.counts.delivered},
                               {"deferred", round.counts.deferred},
                               {"failed", round.counts.failed},
                               {"held", round.counts.held},
                               {"confirmed_again", round.counts.repeats}};
    for (const auto& [outcome, count] : totals_.last.recipients)
        totals_.recipients[via][outcome] += count;
    totals_.mails += round.counts.mails;
    ++(is_ok ? totals_.rounds_ok : totals_.rounds_failed);
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch());
    totals_.last_round = now.count();
    if (is_ok) totals_.last_successful_round = now.count();
}

Result<Done> MetricsFile::replace(const std::string& path, const std::string& text, bool is_open)
{
    // A name that does not end in .prom: the collector must not read it half.
    const std::string aside = path + ".new";
    auto gone = files_.unlink(aside);
    if (!gone && gone.error().kind != ErrorKind::missing) return gone;
    auto file = files_.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    if (auto ok = (*file)->close(); !ok) return ok;
    if (is_open && ::chmod(aside.c_str(), 0644) != 0)
        return Error{ErrorKind::temporary, "chmod " + aside, errno};
    return files_.rename_over(aside, path);
}

void MetricsFile::end_round(const std::string& via, const Round& round, bool is_ok,
                            const Widths::Summary& window, const std::vector<TokenState>& tokens)
{
    const std::scoped_lock lock(mutex_);
    count(via, round, is_ok);
    for (const auto& [path, text, is_open] :
         {std::tuple(totals_path_, encode_totals(totals_), false),
          std::tuple(path_, metrics_text(totals_, window, tokens), true)}) {
        if (path.empty()) continue;
        if (const auto ok = replace(path, text, is_open); !ok)
            mail::log::warning("metrics-not-written", {{"reason", ok.error().describe()}});
    }
}

}  // namespace postman
