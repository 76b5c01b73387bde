/// A line that knows whether it is whole: eight hex digits of CRC-32, a space, the payload, LF.
/// Journal and ledger are made of such lines; a torn or stale one fails its sum and ends the
/// reading.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mail
{

/// `salt` goes into the sum before the payload, so that lines of an older generation of the same
/// file do not pass. The payload holds no LF.
[[nodiscard]] std::string checked_line(std::uint64_t salt, std::string_view payload);

/// Takes the next line off `text` and returns its payload; nothing at a torn, stale or foreign
/// line, or at the end, and `text` is left as it is.
[[nodiscard]] std::optional<std::string_view> take_checked_line(std::uint64_t salt,
                                                                std::string_view& text);

}  // namespace mail
