/// Whether a signature can stay beside what the scrub does.
#pragma once

#include <set>
#include <string>

#include "common/privacy/field_search.h"
#include "common/privacy/message_view.h"

namespace mail::privacy
{

/// What was done to a message that was signed.
struct SignatureDamage {
    std::set<std::string> changed_names;  // of fields, in lower case
    bool body_changed = false;
};

/// Why a signature has to go: what it signs was changed (RFC 6376 6.1), its copy of a field would
/// show what was dropped, or it shows the origin itself. A short phrase for people; empty where it
/// can stay.
///
/// search  may be null
[[nodiscard]] std::string broken_by(const HeaderField& signature, const SignatureDamage& damage,
                                    FieldSearch* search);

}  // namespace mail::privacy
