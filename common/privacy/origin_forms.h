/// A value of the origin -> the texts it is looked for as. Made once, when the search is made.
/// Addresses are read off the text in every notation (address_reader.h); here they only get their
/// base64, in which nothing can be read.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/privacy/origin_search.h"
#include "common/privacy/origin_values.h"

namespace mail::privacy
{

/// A text that is looked for as it stands.
struct Literal {
    std::string text;  // word: in lower case (ASCII); base64: the characters that stay the same
                       // whatever stands before and after the value
    std::size_t value = 0;
    Form form = Form::plain;
    /// base64: how many octets of the group of three stand before the value, 0 to 2.
    unsigned alignment = 0;
    /// A short name that means too much else (`mail`, `web`): counts only after an `@`.
    bool is_common = false;
};

/// Shorter values (in octets) are not looked for in base64: chance would write them.
inline constexpr std::size_t kShortestInBase64 = 5;

/// None for a value of one character, or one mark and one character (`/a`): they are everywhere.
[[nodiscard]] std::vector<Literal> literals_of(const OriginValue& value, std::size_t index,
                                               const FormSet& forms);

/// For people: each form with an example of it.
[[nodiscard]] std::vector<SearchedForm> searched_forms(const OriginValue& value,
                                                       const FormSet& forms);

}  // namespace mail::privacy
