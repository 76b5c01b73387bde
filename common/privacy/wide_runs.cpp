#include "common/privacy/wide_runs.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kShortestRun = 4;
constexpr std::size_t kMostZeros = 3;

bool is_text(char c)
{
    return (c >= ' ' && c < 0x7F) || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

bool WideRuns::feed(std::string_view octets)
{
    for (std::size_t at = 0; at < octets.size() && out_.is_wanted(); ++at) {
        if (front_.empty() && !is_run_) at = skip_to_run(octets, at);
        if (at < octets.size()) take(octets[at]);
    }
    return out_.is_wanted();
}

void WideRuns::finish()
{
    end_run();
    out_.flush();
    next_.finish();
}

/// A run begins before a zero, and most octets are not there.
std::size_t WideRuns::skip_to_run(std::string_view octets, std::size_t at)
{
    const auto zero = octets.find('\0', at);
    if (zero == octets.npos) return octets.size() - 1;
    return zero > at ? zero - 1 : zero;
}

void WideRuns::take(char octet)
{
    const bool is_open = is_run_ || !front_.empty();
    if (octet == '\0') {
        if (is_open && ++zeros_ > kMostZeros) end_run();
        return;
    }
    if (is_open && zeros_ == 0) end_run();
    if (!is_text(octet)) return end_run();
    zeros_ = 0;
    if (is_run_) return out_.put(octet);
    front_.push_back(octet);
    if (front_.size() < kShortestRun) return;
    out_.put(front_);
    front_.clear();
    is_run_ = true;
}

void WideRuns::end_run()
{
    if (is_run_) out_.put('\n');
    is_run_ = false;
    front_.clear();
    zeros_ = 0;
}

}  // namespace mail::privacy
