/// What a body is, by what it says and by how it looks.
#pragma once

#include <string>
#include <string_view>

#include "common/privacy/text_traits.h"

namespace mail::privacy
{

/// Has no octets in front that text does not have.
[[nodiscard]] bool looks_like_text(std::string_view front);

/// By its type, or by its looks: software often calls it plain.
[[nodiscard]] bool is_html(std::string_view type, std::string_view front);

/// The charset to decode a text from; empty where it is UTF-8 or ASCII as it stands.
///
/// named  as the part says; wrong and missing ones are made good for where the text shows it
[[nodiscard]] std::string charset_to_read(std::string_view named, const TextTraits& traits,
                                          std::string_view front);

}  // namespace mail::privacy
