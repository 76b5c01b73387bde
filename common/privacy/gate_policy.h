/// The policy of the gate: what a value that is found means for the mail, by where its name comes
/// from and where it stands. The table is in docs/privacy.md.
#pragma once

#include <cstdint>
#include <optional>

#include "common/privacy/inspection.h"

namespace mail::privacy
{

/// How much it says that a value is there.
enum class Weight : std::uint8_t {
    hint,     // learned, and many machines have it: a private address, a name of one label
    learned,  // learned, and this machine's alone: a global address, a full name
    named,    // the operator's word
};

/// `form` matters for names: the short form of a learned name is a hint.
[[nodiscard]] Weight weight_of(const OriginValue& value, Form form);

/// What follows for the mail; none where nothing does.
[[nodiscard]] std::optional<Finding::Effect> effect_of(Weight weight, const Place& place);

/// Could any of them ever hold a mail, or warn? If not, nothing need be read.
[[nodiscard]] bool has_weight(const OriginValues& values);
/// Has the operator named any?
[[nodiscard]] bool has_named(const OriginValues& values);

}  // namespace mail::privacy
