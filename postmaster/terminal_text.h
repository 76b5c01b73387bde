/// Text of mails on an operator's terminal. What a mail says must not steer it, forge a line or
/// turn its direction. Pure, but for wants_colour().
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace postmaster
{

/// The text as it may be shown: valid UTF-8 in which control characters (C0, DEL, C1), line and
/// paragraph separators, and the marks that turn the direction of text or take no room stand as
/// `\x1b` or `\u{202e}`, and octets that are no UTF-8 as `\xff`.
[[nodiscard]] std::string shown(std::string_view text);

/// Characters of a text that was shown(). (Wide ones count once.)
[[nodiscard]] std::size_t columns_of(std::string_view text);

/// At most `columns` of a text that was shown(); what was cut off is told by a last `…`.
[[nodiscard]] std::string cut_to(std::string_view text, std::size_t columns);

/// Columns two blanks apart, each as wide as its widest cell; no blanks at a line's end.
[[nodiscard]] std::string table_of(const std::vector<std::vector<std::string>>& rows);

enum class Tone { plain, good, warning, bad, strong };

struct Style {
    bool colour = false;

    /// With colour, in the tone's; without, as it is.
    [[nodiscard]] std::string toned(std::string_view text, Tone tone) const;
    /// A hit inside a line: in colour, or [in brackets].
    [[nodiscard]] std::string marked(std::string_view text) const;
};

/// A terminal that can do it, and no NO_COLOR in the environment (no-color.org).
[[nodiscard]] bool wants_colour(int descriptor);

}  // namespace postmaster
