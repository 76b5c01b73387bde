#include "postmaster/terminal_text.h"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "common/spool/record.h"

namespace postmaster
{
namespace
{

bool is_continuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The character at the beginning of the text, as octets; empty where there is none in UTF-8.
std::string_view first_character(std::string_view text)
{
    std::size_t length = 1;
    while (length < 4 && length < text.size() && is_continuation(text[length])) ++length;
    for (; length > 0; --length)
        if (mail::is_utf8(text.substr(0, length))) break;
    return text.substr(0, length);
}

std::uint32_t code_point_of(std::string_view character)
{
    const auto lead = static_cast<unsigned char>(character.front());
    if (character.size() == 1) return lead;
    std::uint32_t point = lead & (0x7FU >> character.size());
    for (const char c : character.substr(1))
        point = point << 6U | (static_cast<unsigned char>(c) & 0x3FU);
    return point;
}

/// Steers a terminal, breaks the line, turns the direction, or cannot be seen.
bool is_treacherous(std::uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xAD || point == 0x061C ||
           (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
           (point >= 0x2060 && point <= 0x206F) || point == 0xFEFF ||
           (point >= 0xFFF9 && point <= 0xFFFB) || point >= 0xE0000;
}

std::string escaped(std::uint32_t point)
{
    char text[16];
    std::snprintf(text, sizeof text, point < 0x100 ? "\\x%02x" : "\\u{%x}", point);
    return text;
}

const char* code_of(Tone tone)
{
    switch (tone) {
        case Tone::good:
            return "\x1b[32m";
        case Tone::warning:
            return "\x1b[33m";
        case Tone::bad:
            return "\x1b[1;31m";
        case Tone::strong:
            return "\x1b[1m";
        case Tone::plain:
            break;
    }
    return "";
}

constexpr std::string_view kEndOfTone = "\x1b[0m";

/// Colours take no room.
std::size_t width_of(std::string_view cell)
{
    std::size_t columns = 0;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        if (cell[i] == '\x1b')
            i = std::min(cell.find('m', i), cell.size() - 1);
        else if (!is_continuation(cell[i]))
            ++columns;
    }
    return columns;
}

}  // namespace

std::string shown(std::string_view text)
{
    std::string result;
    while (!text.empty()) {
        const std::string_view character = first_character(text);
        if (character.empty()) {
            result += escaped(static_cast<unsigned char>(text.front()));
            text.remove_prefix(1);
            continue;
        }
        const std::uint32_t point = code_point_of(character);
        if (is_treacherous(point))
            result += escaped(point);
        else
            result += character;
        text.remove_prefix(character.size());
    }
    return result;
}

std::size_t columns_of(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return !is_continuation(c); }));
}

std::string cut_to(std::string_view text, std::size_t columns)
{
    if (columns_of(text) <= columns) return std::string(text);
    std::size_t end = 0;
    for (std::size_t left = columns; end < text.size(); ++end)
        if (!is_continuation(text[end]) && left-- <= 1) break;
    return std::string(text.substr(0, end)) + "…";
}

std::string table_of(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            line.append(widths[i] - width_of(row[i]) + 2, ' ');
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    return text;
}

std::string Style::toned(std::string_view text, Tone tone) const
{
    if (!colour || tone == Tone::plain || text.empty()) return std::string(text);
    return code_of(tone) + std::string(text) + std::string(kEndOfTone);
}

std::string Style::marked(std::string_view text) const
{
    if (colour) return toned(text, Tone::bad);
    return "[" + std::string(text) + "]";
}

bool wants_colour(int descriptor)
{
    const char* off = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return ::isatty(descriptor) == 1 && (off == nullptr || *off == '\0') && terminal != nullptr &&
           std::string_view(terminal) != "dumb";
}

}  // namespace postmaster
