/// The octets of a JSON string (RFC 8259 7), sixteen at a time: what a record, a change in the
/// journal and an answer are mostly made of. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mail
{

/// Octets of the text when it is escaped, without quotes.
[[nodiscard]] std::size_t escaped_size(std::string_view text) noexcept;
/// Appends the text, escaped, without quotes. Octets from 0x80 on stay as they are.
void append_escaped(std::string& json, std::string_view text);
/// The same with quotes.
void append_json_string(std::string& json, std::string_view text);

/// Reads the string whose opening quote stands at `at`; `at` is behind its closing quote then.
/// Appends to `text`. False where it is no string, or one with an escape above U+007F: `text` and
/// `at` are of no use then. Octets from 0x80 on are not looked at.
[[nodiscard]] bool read_json_string(std::string_view json, std::size_t& at, std::string& text);

}  // namespace mail
