/// HTML as a reader sees it: character references are characters, tags and comments are gone, and
/// so are soft hyphens and what else does not show; other forms of ASCII are ASCII.
/// `web1<b></b>.inter&shy;nal` is `web1.internal`.
#pragma once

#include <string>
#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

/// Reads UTF-8, or any text that is ASCII where it matters. Tags that end a line or a cell become a
/// line feed; all others become nothing. Tags in which references stand are remembered, not shown:
/// for those there is a second reading that keeps tags.
class HtmlText : public OctetSink
{
public:
    enum class Tags { removed, kept };

    HtmlText(OctetSink& text, Tags tags) : out_(text), next_(text), tags_(tags) {}

    bool feed(std::string_view html) override;
    void finish() override;

    /// A reference, or what may have another look, stood in a tag or a comment that was removed.
    bool has_reference_in_tag() const { return has_reference_in_tag_; }
    /// A quoted value in a tag that was removed went over a line end or a tab.
    bool has_break_in_value() const { return has_break_in_value_; }

private:
    enum class State { text, tag, comment };

    std::size_t take_text(std::string_view html);
    std::size_t take_special(std::string_view html);
    std::size_t take_reference(std::string_view html);
    std::size_t take_markup(std::string_view html);
    std::size_t take_invisible(std::string_view html);
    std::size_t take_tag(std::string_view html);
    void take_in_tag(std::string_view html);
    std::size_t take_comment(std::string_view html);
    void put(char32_t character);
    bool is_cut(std::string_view html, std::size_t needed) const
    {
        return !is_end_ && html.size() < needed;
    }

    OctetBuffer out_;
    OctetSink& next_;
    Tags tags_;
    State state_ = State::text;
    char quote_ = '\0';             // of a value in a tag
    bool is_after_equals_ = false;  // where such a value may begin
    bool ends_line_ = false;        // the tag
    std::size_t tag_size_ = 0;
    bool is_end_ = false;
    std::string cut_;  // the front of something that the piece's end cut
    bool has_reference_in_tag_ = false;
    bool has_break_in_value_ = false;
};

/// Would HtmlText with kept tags change anything here? At a piece's end it might.
[[nodiscard]] bool has_reference_or_invisible(std::string_view text);

/// Does it look like HTML, or XML, whatever the header calls it?
[[nodiscard]] bool looks_like_html(std::string_view front);

}  // namespace mail::privacy
