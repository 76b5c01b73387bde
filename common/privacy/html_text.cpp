#include "common/privacy/html_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/html_references.h"
#include "common/privacy/invisible.h"
#include "common/privacy/name_keys.h"
#include "common/privacy/octet_masks.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestTag = 64 * 1024;  // a quote that never closes ends here
constexpr std::size_t kLongestName = 16;
constexpr std::string_view kCommentBegin = "<!--";
constexpr std::string_view kCommentEnd = "-->";
constexpr std::string_view kOtherCommentEnd = "--!>";  // WHATWG HTML 13.2.5.51

/// Octets at which text may be something else.
constexpr auto kSpecial = [] {
    std::array<bool, 256> special{};
    for (unsigned octet = 0; octet < special.size(); ++octet)
        special[octet] = may_begin_other_look(static_cast<char>(octet));
    special['&'] = special['<'] = true;
    return special;
}();

constexpr std::size_t kFirstNonAscii = 0x80;
static_assert(std::count(kSpecial.begin(), kSpecial.begin() + kFirstNonAscii, true) == 3 &&
              kSpecial['\0'] && kSpecial['&'] && kSpecial['<']);

/// Sixteen at a time, those of ASCII by themselves.
std::size_t find_special(std::string_view text)
{
    const auto is_special = [&](std::size_t at) {
        return kSpecial[static_cast<unsigned char>(text[at])];
    };
    std::size_t at = 0;
    for (; at + kOctets <= text.size(); at += kOctets) {
        const auto octets = load_octets(text.data() + at);
        auto bits = bits_of(octets_between(octets, kFirstNonAscii, 0xFF) | octets_equal(octets, 0) |
                            octets_equal(octets, '&') | octets_equal(octets, '<'));
        for (; bits != 0; bits &= bits - 1) {
            const auto place = at + static_cast<std::size_t>(std::countr_zero(bits));
            if (is_special(place)) return place;
        }
    }
    while (at < text.size() && !is_special(at)) ++at;
    return at;
}

constexpr auto kSpecialInTag = [] {
    std::array<bool, 256> special{};
    for (const unsigned octet : {0x09U, 0x0AU, 0x22U, 0x26U, 0x27U, 0x3DU, 0x3EU})
        special[octet] = true;
    for (unsigned octet = 0; octet < special.size(); ++octet)
        special[octet] = special[octet] || may_begin_other_look(static_cast<char>(octet));
    return special;
}();

std::size_t find_in_tag(std::string_view tag)
{
    std::size_t at = 0;
    while (at < tag.size() && !kSpecialInTag[static_cast<unsigned char>(tag[at])]) ++at;
    return at;
}

bool is_blank_run(std::string_view run)
{
    return run.empty() || (static_cast<unsigned char>(run.front()) <= ' ' && trimmed(run).empty());
}

bool may_be_reference(std::string_view html)
{
    return html.size() < kLongestHtmlReference || html_reference_at(html).size > 0;
}

/// Tags of HTML, and those of office documents, that end a line, a cell or a block. `name` has
/// kLongestName octets at most.
bool ends_line(std::string_view name)
{
    constexpr std::array<std::string_view, 38> kNames = {
        "address", "article", "blockquote", "body",   "br",     "c",      "caption", "dd",
        "div",     "dl",      "dt",         "footer", "form",   "h1",     "h2",      "h3",
        "h4",      "h5",      "h6",         "head",   "header", "hr",     "html",    "li",
        "ol",      "option",  "p",          "pre",    "row",    "script", "section", "si",
        "style",   "table",   "td",         "th",     "tr",     "ul"};
    static_assert(std::is_sorted(kNames.begin(), kNames.end()));
    constexpr auto itself = [](std::string_view known) { return known; };
    constexpr auto kKeys = keys_of(kNames, itself);
    const auto colon = name.find(':');
    name.remove_prefix(colon == name.npos ? 0 : colon + 1);
    std::array<char, kLongestName> low;
    std::transform(name.begin(), name.end(), low.begin(), lower);
    const std::string_view own(low.data(), name.size());
    if (colon != own.npos && (own == "tab" || own == "tc")) return true;
    return find_row(kNames, kKeys, own, itself) != nullptr;
}

bool is_name_character(char c)
{
    return is_letter(c) || is_digit(c) || c == ':';
}

/// The name in `<name` or `</name`; empty where none stands there.
std::string_view tag_name(std::string_view html)
{
    const std::size_t begin = html.size() > 1 && html[1] == '/' ? 2 : 1;
    auto end = begin;
    while (end < std::min(html.size(), begin + kLongestName) && is_name_character(html[end])) ++end;
    return html.substr(begin, end - begin);
}

bool has_other_look(char32_t character)
{
    return is_invisible(character) || is_other_hyphen(character) || ascii_for(character) != '\0';
}

bool begins_markup(char c)
{
    return is_letter(c) || c == '/' || c == '!' || c == '?';
}

}  // namespace

bool HtmlText::feed(std::string_view html)
{
    std::string joined;
    if (!cut_.empty()) {
        joined.append(std::exchange(cut_, {})).append(html);
        html = joined;
    }
    while (!html.empty() && out_.is_wanted()) {
        std::size_t taken = 0;
        switch (state_) {
            case State::text:
                taken = take_text(html);
                break;
            case State::tag:
                taken = take_tag(html);
                break;
            case State::comment:
                taken = take_comment(html);
                break;
        }
        html.remove_prefix(taken);
        if (taken > 0) continue;
        cut_ = html;
        break;
    }
    return out_.is_wanted();
}

void HtmlText::finish()
{
    is_end_ = true;
    feed({});
    out_.flush();
    next_.finish();
}

// Each of these says how many octets it took; 0 where it needs more to know.

std::size_t HtmlText::take_text(std::string_view html)
{
    const auto plain = find_special(html);
    if (plain == 0) return take_special(html);
    out_.put(html.substr(0, plain));
    return plain;
}

std::size_t HtmlText::take_special(std::string_view html)
{
    if (html.front() == '&') return take_reference(html);
    if (html.front() == '<') return take_markup(html);
    return take_invisible(html);
}

std::size_t HtmlText::take_reference(std::string_view html)
{
    if (is_cut(html, kLongestHtmlReference)) return 0;
    const auto reference = html_reference_at(html);
    if (reference.size == 0) {
        out_.put('&');
        return 1;
    }
    put(reference.character);
    return reference.size;
}

std::size_t HtmlText::take_markup(std::string_view html)
{
    if (tags_ == Tags::removed && is_cut(html, kLongestName + 3)) return 0;
    if (tags_ == Tags::kept || html.size() < 2 || !begins_markup(html[1])) {
        out_.put('<');
        return 1;
    }
    if (html.starts_with(kCommentBegin)) {
        state_ = State::comment;
        return kCommentBegin.size() - 2;  // its hyphens may be those of its end: `<!-->`
    }
    state_ = State::tag;
    quote_ = '\0';
    is_after_equals_ = false;
    tag_size_ = 0;
    ends_line_ = ends_line(tag_name(html));
    return 1;
}

std::size_t HtmlText::take_invisible(std::string_view html)
{
    if (html.front() == '\0') return 1;  // not shown (WHATWG HTML 13.2.6.4.7)
    if (is_cut(html, kLongestUtf8)) return 0;
    const auto found = long_character_at(html);
    if (found.size == 0) {
        out_.put(html.front());
        return 1;
    }
    if (has_other_look(found.character)) {
        put(found.character);
    } else {
        out_.put(html.substr(0, found.size));
    }
    return found.size;
}

std::size_t HtmlText::take_tag(std::string_view html)
{
    html = html.substr(0, kLongestTag - tag_size_);
    std::size_t at = 0;
    while (at < html.size() && state_ == State::tag) {
        const auto run = std::min(find_in_tag(html.substr(at)), html.size() - at);
        if (!is_blank_run(html.substr(at, run))) is_after_equals_ = false;
        at += run;
        if (at < html.size()) take_in_tag(html.substr(at++));
    }
    tag_size_ += at;
    if (tag_size_ == kLongestTag) state_ = State::text;
    if (state_ == State::text && ends_line_) out_.put('\n');
    return at;
}

/// One octet that means something in a tag.
void HtmlText::take_in_tag(std::string_view html)
{
    const char c = html.front();
    const bool is_quoted = quote_ != '\0';
    if (c == '\t' || c == '\n') {
        has_break_in_value_ = has_break_in_value_ || is_quoted;
        return;
    }
    if (c == '>' && !is_quoted) state_ = State::text;
    if (c == '&') has_reference_in_tag_ = has_reference_in_tag_ || may_be_reference(html);
    if (may_begin_other_look(c)) has_reference_in_tag_ = true;
    if (c == quote_) {
        quote_ = '\0';
    } else if ((c == '"' || c == '\'') && !is_quoted && is_after_equals_) {
        quote_ = c;
    }
    is_after_equals_ = c == '=' && !is_quoted;
}

std::size_t HtmlText::take_comment(std::string_view html)
{
    const auto end = html.find(kCommentEnd);
    const auto other_end = html.substr(0, end).find(kOtherCommentEnd);
    const auto inside = html.substr(0, std::min(end, other_end));
    has_reference_in_tag_ = has_reference_in_tag_ || has_reference_or_invisible(inside);
    if (other_end != html.npos) {
        state_ = State::text;
        return other_end + kOtherCommentEnd.size();
    }
    if (end != html.npos) {
        state_ = State::text;
        return end + kCommentEnd.size();
    }
    if (is_end_) return html.size();
    return html.size() - std::min(html.size(), kOtherCommentEnd.size() - 1);
}

void HtmlText::put(char32_t character)
{
    if (is_invisible(character)) return;
    const char ascii = is_other_hyphen(character) ? '-' : ascii_for(character);
    if (ascii != '\0') return out_.put(ascii);
    std::string utf8;
    append_character(character, utf8);
    out_.put(utf8);
}

bool has_reference_or_invisible(std::string_view text)
{
    for (auto at = find_special(text); at < text.size();
         at += 1 + find_special(text.substr(at + 1))) {
        const auto rest = text.substr(at);
        if (rest.front() == '<') continue;
        if (rest.front() == '&') {
            if (may_be_reference(rest)) return true;
            continue;
        }
        if (rest.front() == '\0') return true;
        const auto found = long_character_at(rest);
        if (found.size == 0 && rest.size() < kLongestUtf8) return true;
        if (has_other_look(found.character)) return true;
    }
    return false;
}

bool looks_like_html(std::string_view front)
{
    const auto text = lowered(front);
    const auto begin = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (begin != text.npos &&
        (text.substr(begin).starts_with("<?xml") || text.substr(begin).starts_with("<!doctype")))
        return true;
    for (const auto* mark : {"</", "<br", "<html", "<wbr"}) {
        if (text.find(mark) != text.npos) return true;
    }
    return false;
}

}  // namespace mail::privacy
