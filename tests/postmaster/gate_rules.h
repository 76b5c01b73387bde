/// The gate's rules as an operator would set them, without what this machine knows of itself.
#pragma once

#include <doctest/doctest.h>

#include "postmaster/privacy_rules.h"

namespace postmaster::test
{

inline Settings settings_with(std::vector<std::string> origin)
{
    Settings settings;
    settings.origin = std::move(origin);
    settings.learn = "no";
    return settings;
}

inline mail::privacy::InspectionRules rules_of(const Settings& settings)
{
    auto rules = privacy_rules(settings, "a key of the tests, 32 bytes wide");
    REQUIRE(rules);
    return std::move(rules->inspection);
}

inline mail::privacy::InspectionRules no_rules()
{
    return rules_of(settings_with({}));
}

}  // namespace postmaster::test
