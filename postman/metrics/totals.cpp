#include "postman/metrics/totals.h"

#include <nlohmann/json.hpp>

namespace postman
{
namespace
{

using Json = nlohmann::json;

constexpr std::size_t kMostWaysOut = 1000;

template <class Number>
Number number_in(const Json& object, const char* name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_number_unsigned() ? found->get<Number>() : 0;
}

std::map<std::string, std::uint64_t> counts_in(const Json& outcomes)
{
    std::map<std::string, std::uint64_t> counts;
    if (!outcomes.is_object()) return counts;
    for (const auto& [outcome, count] : outcomes.items())
        if (count.is_number_unsigned()) counts[outcome] = count;
    return counts;
}

Totals::Last last_in(const Json& object)
{
    Totals::Last last;
    const auto found = object.find("last");
    if (found == object.end() || !found->is_object()) return last;
    const auto ok = found->find("ok"), via = found->find("via"), counts = found->find("recipients");
    last.is_ok = ok != found->end() && ok->is_boolean() && ok->get<bool>();
    if (via != found->end() && via->is_string()) last.via = via->get<std::string>();
    last.mails = number_in<std::uint64_t>(*found, "mails");
    if (counts != found->end()) last.recipients = counts_in(*counts);
    return last;
}

}  // namespace

std::string encode_totals(const Totals& totals)
{
    const Json object = {{"recipients", totals.recipients},
                         {"mails", totals.mails},
                         {"rounds_ok", totals.rounds_ok},
                         {"rounds_failed", totals.rounds_failed},
                         {"last_round", totals.last_round},
                         {"last_successful_round", totals.last_successful_round},
                         {"last",
                          {{"ok", totals.last.is_ok},
                           {"via", totals.last.via},
                           {"mails", totals.last.mails},
                           {"recipients", totals.last.recipients}}}};
    return object.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

Totals parse_totals(std::string_view text)
{
    Totals totals;
    const Json object = Json::parse(text, nullptr, false);
    if (!object.is_object()) return totals;
    totals.mails = number_in<std::uint64_t>(object, "mails");
    totals.rounds_ok = number_in<std::uint64_t>(object, "rounds_ok");
    totals.rounds_failed = number_in<std::uint64_t>(object, "rounds_failed");
    totals.last_round = number_in<std::int64_t>(object, "last_round");
    totals.last_successful_round = number_in<std::int64_t>(object, "last_successful_round");
    totals.last = last_in(object);
    const auto ways = object.find("recipients");
    if (ways == object.end() || !ways->is_object() || ways->size() > kMostWaysOut) return totals;
    for (const auto& [via, outcomes] : ways->items())
        if (auto counts = counts_in(outcomes); !counts.empty())
            totals.recipients[via] = std::move(counts);
    return totals;
}

}  // namespace postman
