/// What may leave, as the settings say it: one function makes the rules of the inspection, for the
/// hand-out and for the operators' commands alike.
#pragma once

#include <string>
#include <vector>

#include "common/privacy/inspection.h"
#include "common/result.h"
#include "postmaster/settings.h"

namespace postmaster
{

struct PrivacyRules {
    /// Const from here on, and for many threads; the search in it is shared by all copies.
    mail::privacy::InspectionRules inspection;
    /// Learned from the machine, but public by the operator's word (--public-domain,
    /// --default-domain, --courier-name, the new sides of --rewrite): not looked for.
    std::vector<mail::privacy::OriginValue> left_out;
};

/// Learns what the machine knows of itself, unless --learn=no.
///
/// message_id_key  message_id_key() of the spool; where there is none, any text: it only decides
///                 which identifiers stand in the place of those that show the origin
/// errors          malformed: a value or a rule that cannot be read, or that gives away by itself
///                 what must not show; with the option and what to do
[[nodiscard]] mail::Result<PrivacyRules> privacy_rules(const Settings& settings,
                                                       std::string message_id_key);

}  // namespace postmaster
