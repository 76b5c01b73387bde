#include "common/privacy/dkim_signature.h"

#include "common/privacy/ascii.h"
#include "common/privacy/message_view.h"

namespace mail::privacy
{
namespace
{

/// Calls `take` with each piece of `text` between the separators, trimmed.
template <class Take>
void for_each_piece(std::string_view text, char separator, Take take)
{
    while (!text.empty()) {
        const auto end = text.find(separator);
        take(trimmed(text.substr(0, end)));
        if (end == text.npos) return;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

SignatureTags parse_signature(std::string_view field_body)
{
    SignatureTags tags;
    const auto line = unfolded(field_body);
    for_each_piece(line, ';', [&](std::string_view tag) {
        const auto equals = tag.find('=');
        if (equals == tag.npos) return;
        const auto name = trimmed(tag.substr(0, equals));
        const auto value = trimmed(tag.substr(equals + 1));
        if (name == "h") {
            tags.has_h = true;
            for_each_piece(value, ':',
                           [&](auto each) { tags.signed_names.push_back(lowered(each)); });
        }
        if (name == "z") {
            for_each_piece(value, '|', [&](std::string_view copy) {
                tags.copied_names.push_back(lowered(trimmed(copy.substr(0, copy.find(':')))));
            });
        }
    });
    return tags;
}

}  // namespace mail::privacy
