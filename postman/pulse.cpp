#include "postman/pulse.h"

#include <algorithm>

namespace postman
{
namespace
{

/// Over the longest of what a watch waits for: a delivery (400 s), a lease's answer (350 s).
constexpr std::chrono::seconds kSilence{900};
constexpr double kMostSeconds = 1e6;

}  // namespace

std::chrono::seconds silence_limit(double mails_a_second)
{
    if (mails_a_second <= 0) return kSilence;
    const double pause = std::min(2 / mails_a_second, kMostSeconds);
    return kSilence + std::chrono::seconds(static_cast<std::int64_t>(pause));
}

Pulse::Pulse(std::chrono::seconds limit, const mail::Clock& clock, std::function<AwakeTime()> awake)
    : limit_(limit), clock_(clock), awake_(std::move(awake))
{
}

void Pulse::turn(const std::string& endpoint)
{
    const std::scoped_lock lock(mutex_);
    watches_[endpoint].turned = awake_();
}

void Pulse::step()
{
    const std::scoped_lock lock(mutex_);
    stepped_ = awake_();
}

void Pulse::end_round(const std::string& endpoint, const Round& round)
{
    const std::scoped_lock lock(mutex_);
    watches_[endpoint].has_failed = round.endpoint_failed;
    counts_.add(round.counts);
    if (round.counts.mails > 0) last_with_mail_ = mail::rfc3339(clock_.wall());
}

void Pulse::end(const std::string& endpoint)
{
    const std::scoped_lock lock(mutex_);
    watches_.erase(endpoint);
}

std::optional<std::string> Pulse::stuck() const
{
    const std::scoped_lock lock(mutex_);
    const AwakeTime now = awake_();
    for (const auto& [endpoint, watch] : watches_)
        if (now - std::max(watch.turned, stepped_) > limit_) return endpoint;
    return std::nullopt;
}

std::string Pulse::status() const
{
    const std::scoped_lock lock(mutex_);
    const auto failed = std::count_if(watches_.begin(), watches_.end(),
                                      [](const auto& watch) { return watch.second.has_failed; });
    std::string line = "endpoints: " + std::to_string(watches_.size());
    if (failed > 0) line += ", not reached: " + std::to_string(failed);
    line += "; mails: " + std::to_string(counts_.mails);
    line += ", delivered: " + std::to_string(counts_.delivered);
    line += ", deferred: " + std::to_string(counts_.deferred);
    if (last_with_mail_.empty()) return line + "; waiting for mail";
    return line + "; last round with mail " + last_with_mail_;
}

}  // namespace postman
