#include "common/privacy/signature_damage.h"

#include "common/privacy/ascii.h"
#include "common/privacy/catalogue.h"
#include "common/privacy/dkim_signature.h"
#include "common/privacy/transfer_decoding.h"

namespace mail::privacy
{
namespace
{

/// In its i= or s= as it stands; in its z= each value is quoted-printable (RFC 6376 2.11).
bool shows_origin(const HeaderField& signature, FieldSearch* search)
{
    if (search == nullptr) return false;
    const auto decoded = decoded_quoted_printable(unfolded(signature.body));
    return search->shows(signature.body, Weight::learned) ||
           search->shows(decoded, Weight::learned);
}

bool is_dropped(std::string_view name)
{
    const auto* row = find_in_catalogue(name);
    return row != nullptr && row->treatment == Treatment::drop;
}

}  // namespace

std::string broken_by(const HeaderField& signature, const SignatureDamage& damage,
                      FieldSearch* search)
{
    const auto& changed = damage.changed_names;
    if (damage.body_changed) return "breaks with the body";
    if (shows_origin(signature, search)) return "shows the origin";
    const auto tags = parse_signature(signature.body);
    for (const auto& name : tags.signed_names) {
        if (changed.contains(name)) return "breaks with " + name;
    }
    if (!tags.has_h && !changed.empty() &&
        equals_ignoring_case(signature.name, "DomainKey-Signature")) {
        return "breaks with " + *changed.begin();  // it signs all that follows (RFC 4870 3.4.1)
    }
    for (const auto& name : tags.copied_names) {
        if (is_dropped(name) || changed.contains(name)) return "copies " + name;
    }
    return {};
}

}  // namespace mail::privacy
