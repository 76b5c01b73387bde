#include "common/privacy/finding_list.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "common/privacy/gate_policy.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kTailSize = 4096;       // longer than any value that is worth an excerpt
constexpr std::size_t kMostPlaces = 100'000;  // told apart
constexpr std::size_t kNotListed = static_cast<std::size_t>(-1);

/// The same for all streams of one field, part or member.
std::string key_of(std::size_t value, const Place& place)
{
    std::string key = std::to_string(value);
    for (const auto* text : {&place.part, &place.header, &place.member})
        key.append(1, '\0').append(*text);
    if (!place.header.empty()) key.append(1, '\0').append(std::to_string(place.offset));
    return key;
}

/// The lower, the more it tells.
auto rank(const Finding& finding)
{
    return std::tuple(finding.effect, finding.form != Form::plain, finding.place.stream);
}

auto order(const Finding& finding)
{
    return std::tuple(finding.place.region != Region::envelope, finding.place.offset,
                      finding.place.stream, finding.offset);
}

}  // namespace

FindingList::FindingList(const OriginSearch& search) : search_(search), scan_(search) {}

void FindingList::begin(const Place& place)
{
    place_ = place;
    position_ = 0;
    tail_.clear();
    scan_.begin(place.region, contents_of(place));
}

void FindingList::feed(std::string_view octets)
{
    scan_.feed(octets, hits_);
    fill_waiting(octets, false);
    take_hits(octets);
    remember_tail(octets);
}

void FindingList::end()
{
    scan_.end(hits_);
    take_hits({});
    fill_waiting({}, true);
}

void FindingList::take_hits(std::string_view octets)
{
    for (const auto& hit : hits_) take(hit, octets);
    hits_.clear();
}

void FindingList::take(const OriginHit& hit, std::string_view octets)
{
    const auto& value = search_.values().all()[hit.value];
    const auto effect = effect_of(weight_of(value, hit.form), place_);
    if (!effect) return;
    Finding finding{*effect, value, hit.form, place_, hit.begin, {}};
    if (place_.stream == Stream::raw) finding.offset += place_.offset;

    const auto at = index_for(finding, key_of(hit.value, place_));
    if (at == kNotListed) return;
    std::erase_if(waiting_, [at](const auto& each) { return each.finding == at; });
    findings_[at] = std::move(finding);
    const Waiting waiting{at, excerpt_around(hit.begin, hit.end)};
    fill(waiting, octets);
    if (waiting.range.end > position_ + octets.size()) waiting_.push_back(waiting);
}

/// Where in the list it goes; kNotListed where it was told already, and better, or the list is
/// full.
std::size_t FindingList::index_for(const Finding& finding, const std::string& key)
{
    if (const auto known = known_.find(key); known != known_.end()) {
        const auto index = known->second;
        const bool is_better = index != kNotListed && rank(finding) < rank(findings_[index]);
        return is_better ? index : kNotListed;
    }
    auto index = findings_.size();
    if (index < kMostFindings) {
        findings_.emplace_back();
    } else {
        ++more_;
        index = index_in_full_list(finding);
    }
    if (known_.size() < kMostPlaces) known_.emplace(key, index);
    return index;
}

/// The first that holds takes the place of one that warns.
std::size_t FindingList::index_in_full_list(const Finding& finding)
{
    const bool holds_already =
        std::any_of(findings_.begin(), findings_.end(),
                    [](const auto& each) { return each.effect == Finding::Effect::holds; });
    if (finding.effect != Finding::Effect::holds || holds_already) return kNotListed;
    const auto last = findings_.size() - 1;
    for (auto& [key, index] : known_) {
        if (index == last) index = kNotListed;
    }
    return last;
}

void FindingList::fill(const Waiting& waiting, std::string_view octets)
{
    const auto tail_begin = position_ - tail_.size();
    const auto begin = std::max(waiting.range.begin, tail_begin);
    if (begin >= waiting.range.end) return;  // told too late to be shown
    std::string text;
    if (begin < position_) text = tail_.substr(begin - tail_begin, waiting.range.end - begin);
    const auto from = std::max(begin, position_) - position_;
    if (waiting.range.end > position_ && from < octets.size())
        text.append(octets.substr(from, waiting.range.end - position_ - from));
    findings_[waiting.finding].excerpt = shown(text);
}

void FindingList::fill_waiting(std::string_view octets, bool all)
{
    std::erase_if(waiting_, [&](const Waiting& each) {
        fill(each, octets);
        return all || each.range.end <= position_ + octets.size();
    });
}

void FindingList::remember_tail(std::string_view octets)
{
    position_ += octets.size();
    if (octets.size() >= kTailSize) {
        tail_.assign(octets.substr(octets.size() - kTailSize));
    } else {
        tail_.append(octets);
        if (tail_.size() > 2 * kTailSize) tail_.erase(0, tail_.size() - kTailSize);
    }
}

std::vector<Finding> FindingList::taken()
{
    std::stable_sort(findings_.begin(), findings_.end(),
                     [](const auto& a, const auto& b) { return order(a) < order(b); });
    return std::move(findings_);
}

}  // namespace mail::privacy
