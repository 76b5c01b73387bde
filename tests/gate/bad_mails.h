/// Mails that nobody means well with: without end, without bottom, or cut in the middle.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mail::test
{

struct BadMail {
    std::string name;
    std::function<std::string()> make;  // the content; a few MB, at most 40
};

/// Header fields: too many, too long, words and parameters and addresses without end.
[[nodiscard]] std::vector<BadMail> bad_headers();
/// Parts: nested, unclosed, too many, boundaries that begin like each other.
[[nodiscard]] std::vector<BadMail> bad_parts();
/// Texts that lead a decoder, or the search, astray.
[[nodiscard]] std::vector<BadMail> bad_texts();
/// Archives that unpack to more than a machine has, or never.
[[nodiscard]] std::vector<BadMail> bad_archives();

[[nodiscard]] std::string repeated(std::string_view text, std::size_t times);
/// A text part of this type and transfer encoding, as a whole mail.
[[nodiscard]] std::string mail_with_body(std::string_view type, std::string_view encoding,
                                         std::string_view body);

}  // namespace mail::test
