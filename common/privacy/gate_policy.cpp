#include "common/privacy/gate_policy.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/privacy/ip_address.h"

namespace mail::privacy
{
namespace
{

using Kind = OriginValue::Kind;
using Effect = Finding::Effect;

// RFC 1918, RFC 6598, RFC 4193, RFC 3927 and RFC 4291: somebody's network, but whose?
constexpr std::array<std::string_view, 7> kSharedNetworks = {
    "10.0.0.0/8", "172.16.0.0/12",  "192.168.0.0/16", "100.64.0.0/10",
    "fc00::/7",   "169.254.0.0/16", "fe80::/10"};

bool is_shared_address(std::string_view text)
{
    const auto address = IpAddress::parse(text);
    return address && std::any_of(kSharedNetworks.begin(), kSharedNetworks.end(), [&](auto each) {
               return IpNetwork::parse(each)->contains(*address);
           });
}

Weight weight_of_learned(const OriginValue& value, Form form)
{
    if (value.kind == Kind::address)
        return is_shared_address(value.value) ? Weight::hint : Weight::learned;
    const bool is_short = value.value.find('.') == value.value.npos || form == Form::short_name;
    return value.kind == Kind::host && is_short ? Weight::hint : Weight::learned;
}

}  // namespace

Weight weight_of(const OriginValue& value, Form form)
{
    return value.learned ? weight_of_learned(value, form) : Weight::named;
}

std::optional<Effect> effect_of(Weight weight, const Place& place)
{
    if (weight == Weight::hint) return std::nullopt;
    const bool passes = weight == Weight::learned && place.region == Region::attachment;
    return passes ? Effect::warns : Effect::holds;
}

bool has_weight(const OriginValues& values)
{
    return std::any_of(values.all().begin(), values.all().end(), [](const auto& value) {
        return weight_of(value, Form::plain) != Weight::hint;
    });
}

bool has_named(const OriginValues& values)
{
    return std::any_of(values.all().begin(), values.all().end(),
                       [](const auto& value) { return !value.learned; });
}

}  // namespace mail::privacy
