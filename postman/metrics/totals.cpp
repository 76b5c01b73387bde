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

}  // namespace

std::string encode_totals(const Totals& totals)
{
    const Json object = {
        {"recipients", totals.recipients}, {"mails", totals.mails},
        {"rounds_ok", totals.rounds_ok},   {"rounds_failed", totals.rounds_failed},
        {"last_round", totals.last_round}, {"last_successful_round", totals.last_successful_round}};
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
    const auto ways = object.find("recipients");
    if (ways == object.end() || !ways->is_object() || ways->size() > kMostWaysOut) return totals;
    for (const auto& [via, outcomes] : ways->items()) {
        if (!outcomes.is_object()) continue;
        for (const auto& [outcome, count] : outcomes.items())
            if (count.is_number_unsigned()) totals.recipients[via][outcome] = count;
    }
    return totals;
}

}  // namespace postman
