#include "postmaster/queue_tally.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "postmaster/queue_list_text.h"

namespace postmaster
{
namespace
{

constexpr const char* kStates[] = {"waiting", "leased", "deferred", "held", "failed", "corrupt"};
constexpr std::size_t kShownReasons = 10;
constexpr std::size_t kMostReasons = 100;  // in the JSON
constexpr std::size_t kWidestReason = 100;

std::uint64_t count_of(const Json& json, const char* member)
{
    return static_cast<std::uint64_t>(std::max<std::int64_t>(number_of(json, member), 0));
}

}  // namespace

void QueueTally::add(const Json& line)
{
    if (const std::string state = text_of(line, "state"); !state.empty()) {
        Count& count = states_[state];
        const std::int64_t oldest = number_of(line, "oldest");
        if (count.mails == 0 || oldest < count.oldest) count.oldest = oldest;
        count.mails += count_of(line, "mails");
        count.octets += count_of(line, "octets");
    } else if (line.contains("held_for")) {
        held_for_[text_of(line, "held_for")] += count_of(line, "mails");
    } else if (line.contains("leases")) {
        leases_ = number_of(line, "leases");
        stopped_since_ = text_of(line, "stopped_since");
        is_stopped_ = !stopped_since_.empty();
    }
}

std::vector<std::pair<std::string, std::uint64_t>> QueueTally::most_held_for() const
{
    std::vector<std::pair<std::string, std::uint64_t>> reasons(held_for_.begin(), held_for_.end());
    std::stable_sort(reasons.begin(), reasons.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return reasons;
}

Json QueueTally::json() const
{
    Json json = {{"states", Json::object()}, {"leases", leases_}, {"stopped", is_stopped_}};
    if (is_stopped_) json["stopped_since"] = stopped_since_;
    for (const char* state : kStates) {
        const auto found = states_.find(state);
        const Count count = found == states_.end() ? Count{} : found->second;
        json["states"][state] = {{"mails", count.mails}, {"octets", count.octets}};
        if (count.mails != 0) json["states"][state]["oldest"] = count.oldest;
    }
    json["held_for"] = Json::array();
    for (const auto& [reason, mails] : most_held_for()) {
        if (json["held_for"].size() == kMostReasons) break;
        json["held_for"].push_back({{"reason", reason}, {"mails", mails}});
    }
    return json;
}

std::string QueueTally::text(std::int64_t now, const Style& style) const
{
    std::vector<std::vector<std::string>> rows = {
        {style.toned("STATE", Tone::strong), style.toned("MAILS", Tone::strong),
         style.toned("SIZE", Tone::strong), style.toned("OLDEST", Tone::strong)}};
    for (const char* state : kStates) {
        const auto found = states_.find(state);
        const Count count = found == states_.end() ? Count{} : found->second;
        rows.push_back({state, std::to_string(count.mails), size_text(count.octets),
                        count.mails == 0 ? "" : age_text(now - count.oldest)});
    }
    std::string text =
        table_of(rows) + "\nleases: " + std::to_string(leases_) + "\nhand-out: " +
        (is_stopped_ ? style.toned("stopped", Tone::bad) + " since " + shown(stopped_since_) + "\n"
                     : "goes on\n");
    const auto reasons = most_held_for();
    if (!reasons.empty()) text += "\nheld for:\n";
    for (std::size_t i = 0; i < reasons.size() && i < kShownReasons; ++i)
        text += "  " + std::to_string(reasons[i].second) + "  " +
                cut_to(shown(reasons[i].first), kWidestReason) + "\n";
    if (reasons.size() > kShownReasons)
        text += "  and " + std::to_string(reasons.size() - kShownReasons) + " other reasons\n";
    return text;
}

}  // namespace postmaster
