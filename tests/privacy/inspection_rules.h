/// Rules for an inspection, from values in words.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/privacy/inspection.h"

namespace mail::test
{

/// `named` as --origin takes them.
inline privacy::InspectionRules inspection_rules(
    const std::vector<std::string>& named, const std::vector<privacy::OriginValue>& learned = {})
{
    privacy::InspectionRules rules;
    for (const auto& text : named) rules.scrub.origin.add(*privacy::parse_origin_value(text));
    for (const auto& value : learned) rules.scrub.origin.add(value);
    rules.scrub.message_id_key = "a key of some length";
    rules.scrub.public_domain = "shop.example";
    rules.search = std::make_shared<const privacy::OriginSearch>(rules.scrub.origin);
    rules.scrub.search = rules.search.get();
    return rules;
}

}  // namespace mail::test
