/// RFC 2047: text in headers that is not ASCII.
#pragma once

#include <string>
#include <string_view>

#include "common/privacy/charset.h"

namespace mail::privacy
{

/// The text with its encoded words (B and Q) decoded into UTF-8. Always valid UTF-8.
///
/// Adjacent words are joined, and a character that a mailer cut between two of them is whole again.
/// Words are found anywhere, within other text too. A word in an unknown charset stays as it
/// stands, and bytes that are not UTF-8 become U+FFFD. Takes time linear in the size of the text.
[[nodiscard]] std::string decoded_words(std::string_view text);

/// The same with charsets that are opened already. A charset without a known name is taken for
/// `fallback`, where that is given; it is opened when it is needed.
[[nodiscard]] std::string decoded_words(std::string_view text, Charsets& charsets,
                                        std::string_view fallback = {});

}  // namespace mail::privacy
