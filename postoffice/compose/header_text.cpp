#include "postoffice/compose/header_text.h"

#include <algorithm>

#include "common/base64.h"
#include "common/spool/record.h"

namespace postoffice
{
namespace
{

constexpr std::size_t kLineOctets = 76;
constexpr std::size_t kWordOctets = 39;  // 52 of base64: with "Subject: =?utf-8?B?" and ?= under 76
constexpr std::size_t kPieceOctets = 54;  // of a parameter

bool is_plain(char c)
{
    return c >= ' ' && c < 0x7f;
}

bool is_plain(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return is_plain(c); });
}

bool is_first_of_character(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

/// The front of the text, at most `octets` of it and whole characters.
std::string_view take(std::string_view& text, std::size_t octets)
{
    std::size_t end = std::min(octets, text.size());
    while (end > 0 && end < text.size() && !is_first_of_character(text[end])) --end;
    const std::string_view front = text.substr(0, end);
    text.remove_prefix(end);
    return front;
}

std::string encoded_words(std::string_view text)
{
    std::string words;
    while (!text.empty()) {
        if (!words.empty()) words += "\n ";
        words += "=?utf-8?B?" + mail::base64_encode(take(text, kWordOctets)) + "?=";
    }
    return words;
}

/// Folded at single spaces, so that unfolding gives the same text.
std::string folded(std::size_t used, std::string_view text)
{
    std::string lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' ', 1), text.size());
        if (used + end > kLineOctets && !lines.empty() && text.front() == ' ') {
            lines += '\n';
            used = 0;
        }
        lines += text.substr(0, end);
        used += end;
        text.remove_prefix(end);
    }
    return lines;
}

/// A line of white space alone, or one over 998 octets, is not for a header.
bool wants_encoding(std::string_view text)
{
    constexpr std::size_t kMostOfWord = 200;
    std::size_t word = 0;
    for (const char c : text) {
        word = c == ' ' ? 0 : word + 1;
        if (word > kMostOfWord) return true;
    }
    return !is_plain(text) || text.find("=?") != text.npos || text.find("  ") != text.npos ||
           text.starts_with(' ') || text.ends_with(' ');
}

bool is_attribute_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$&+-.^_`{}~").find(c) != std::string_view::npos;
}

std::string percent_encoded(std::string_view value)
{
    static constexpr char kDigits[] = "0123456789ABCDEF";
    std::string text;
    for (const char c : value) {
        const auto octet = static_cast<unsigned char>(c);
        if (is_attribute_char(c))
            text += c;
        else
            text.append({'%', kDigits[octet >> 4], kDigits[octet & 15]});
    }
    return text;
}

std::string quoted(std::string_view value)
{
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    return text + "\"";
}

}  // namespace

std::string unstructured_field(std::string_view name, std::string_view text)
{
    const std::string start = std::string(name) + ": ";
    const std::string body =
        wants_encoding(text) ? encoded_words(text) : folded(start.size(), text);
    return start + body + "\n";
}

std::string mailbox_text(std::string_view mailbox)
{
    const std::size_t angle = mailbox.rfind('<');
    if (is_plain(mailbox) || angle == mailbox.npos) return std::string(mailbox);
    std::string_view words = mailbox.substr(0, angle);
    while (words.ends_with(' ')) words.remove_suffix(1);
    if (words.size() > 1 && words.front() == '"' && words.back() == '"')
        words = words.substr(1, words.size() - 2);
    if (is_plain(words)) return std::string(mailbox);
    return encoded_words(words) + " " + std::string(mailbox.substr(angle));
}

std::string parameter(std::string_view name, std::string_view value)
{
    if (is_plain(value) && value.size() <= kPieceOctets)
        return ";\n " + std::string(name) + "=" + quoted(value);
    std::string text;
    for (int piece = 0; !value.empty(); ++piece) {
        text += ";\n " + std::string(name) + "*" + std::to_string(piece) + "*=";
        if (piece == 0) text += "utf-8''";
        text += percent_encoded(take(value, kPieceOctets / 3));
    }
    return text;
}

bool is_header_text(std::string_view text)
{
    const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet < 0x20 || octet == 0x7f;
    });
    return !has_control && mail::is_utf8(text);
}

}  // namespace postoffice
