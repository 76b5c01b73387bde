#include "postmaster/privacy_rules.h"

#include <algorithm>
#include <optional>

#include "common/privacy/ascii.h"
#include "common/privacy/gate_policy.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::privacy::equals_ignoring_case;
using mail::privacy::InspectionRules;
using mail::privacy::OriginHit;
using mail::privacy::OriginSearch;
using mail::privacy::OriginValue;
using mail::privacy::OriginValues;
using mail::privacy::SenderMap;
using mail::privacy::StrictHeaders;

/// Something that the operator shows to the world, and the option that says so.
struct Shown {
    std::string text;
    std::string option;
};

std::vector<Shown> shown_by(const Settings& settings, const SenderMap& senders)
{
    std::vector<Shown> all;
    const auto add = [&all](const std::string& text, const char* option) {
        if (!text.empty()) all.push_back({text, option});
    };
    add(settings.public_domain, "--public-domain");
    add(settings.default_domain, "--default-domain");
    for (const std::string& name : settings.courier_name) add(name, "--courier-name");
    for (const std::string& address : senders.new_addresses())
        add(address, "the new side of --rewrite");
    return all;
}

/// `--rewrite` and `--default-domain`, parsed.
Result<SenderMap> sender_map(const Settings& settings)
{
    SenderMap map;
    for (const std::string& rule : settings.rewrite)
        if (auto ok = map.add(rule); !ok)
            return Error{ErrorKind::malformed, "--rewrite " + rule + ": " + ok.error().step};
    map.set_default_domain(settings.default_domain);
    if (auto ok = map.check(); !ok)
        return Error{ErrorKind::malformed, "--rewrite: " + ok.error().step};
    return map;
}

bool is_public(const OriginValue& value, const Settings& settings, const SenderMap& senders)
{
    std::vector<std::string> names = senders.public_domains();
    names.insert(names.end(), settings.courier_name.begin(), settings.courier_name.end());
    names.push_back(settings.public_domain);
    names.push_back(settings.default_domain);
    return value.kind == OriginValue::Kind::host &&
           std::any_of(names.begin(), names.end(), [&](const std::string& name) {
               return equals_ignoring_case(name, value.value);
           });
}

void learn(OriginValues& values, const Settings& settings, PrivacyRules& rules)
{
    for (OriginValue& value : mail::privacy::learn_origin()) {
        if (is_public(value, settings, rules.inspection.scrub.senders))
            rules.left_out.push_back(std::move(value));
        else
            values.add(std::move(value));
    }
}

/// What would be put into each mail, and shows the origin by itself.
std::optional<std::string> clash(const Settings& settings, const InspectionRules& rules)
{
    const OriginSearch& search = *rules.search;
    for (const Shown& shown : shown_by(settings, rules.scrub.senders)) {
        for (const OriginHit& hit : search.find(shown.text, mail::privacy::Region::envelope)) {
            const OriginValue& value = search.values().all()[hit.value];
            if (weight_of(value, hit.form) == mail::privacy::Weight::hint)
                continue;  // holds no mail
            return shown.option + ": " + shown.text + " shows the origin value " + value.value +
                   (value.learned ? ", which the machine knows of itself; choose another, or say "
                                    "--learn=no and name what must not show with --origin"
                                  : "; choose another, or take that --origin away");
        }
    }
    return std::nullopt;
}

StrictHeaders strictness(const std::string& word)
{
    if (word == "enforce") return StrictHeaders::enforce;
    return word == "report" ? StrictHeaders::report : StrictHeaders::off;
}

}  // namespace

Result<PrivacyRules> privacy_rules(const Settings& settings, std::string message_id_key)
{
    auto origin = origin_values(settings);
    if (!origin) return origin.error();
    auto senders = sender_map(settings);
    if (!senders) return senders.error();

    PrivacyRules rules;
    InspectionRules& inspection = rules.inspection;
    inspection.scrub.message_id_key = std::move(message_id_key);
    inspection.scrub.public_domain = settings.public_domain;
    inspection.scrub.senders = std::move(*senders);
    inspection.scrub.strict = strictness(settings.strict_headers);
    inspection.scrub.kept_headers = settings.keep_header;
    inspection.on_unknown = settings.unknown == "warn" ? mail::privacy::OnUnknown::warn
                                                       : mail::privacy::OnUnknown::hold;
    if (settings.learn == "yes") learn(*origin, settings, rules);
    inspection.search = std::make_shared<const OriginSearch>(*origin);
    inspection.scrub.origin = std::move(*origin);
    inspection.scrub.search = inspection.search.get();
    if (auto fault = clash(settings, inspection))
        return Error{ErrorKind::malformed, std::move(*fault)};
    return rules;
}

}  // namespace postmaster
