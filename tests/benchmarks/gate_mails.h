/// Mails as applications send them, by seed, for the benchmark of the gate.
#pragma once

#include <cstddef>
#include <string>

namespace mail::bench
{

/// A text of `bytes` and a header of 16 fields: a trace line, a script's name, a signature.
[[nodiscard]] std::string text_mail(std::size_t bytes);
/// Text and HTML by turns in quoted-printable, as newsletters are.
[[nodiscard]] std::string html_mail(std::size_t bytes);
/// A short text and a picture in base64.
[[nodiscard]] std::string attachment_mail(std::size_t bytes);

}  // namespace mail::bench
