/// Text for man(7), and the marks of a template.
#include <cctype>
#include <cstdint>
#include <cstdio>

#include "common/config.h"
#include "manuals/forms.h"
#include "manuals/option_sections.h"

namespace manuals
{
namespace
{

/// The code point that begins at `at`, and `at` behind it. Sources are UTF-8; anything else is a
/// '?'.
std::uint32_t next_code_point(std::string_view text, std::size_t& at)
{
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = octet(at++);
    if (first < 0x80) return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    std::uint32_t code = first & (0x3F >> more);
    for (int i = 0; i < more && at < text.size(); ++i) code = code << 6 | (octet(at++) & 0x3F);
    return code;
}

std::string escaped_code_point(std::uint32_t code)
{
    char text[16];
    std::snprintf(text, sizeof text, "\\[u%04X]", code);
    return text;
}

void replace_all(std::string& text, std::string_view mark, std::string_view with)
{
    for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + with.size()))
        text.replace(at, mark.size(), with);
}

std::string upper(std::string text)
{
    for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return text;
}

}  // namespace

std::string ascii_roff(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const std::uint32_t code = next_code_point(text, at);
        if (code < 0x80)
            out += static_cast<char>(code);
        else
            out += escaped_code_point(code);
    }
    return out;
}

std::string roff(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else if (c == '\'')
            out += "\\(aq";
        else if (c == '`')
            out += "\\(ga";
        else
            out += c;
    }
    if (!out.empty() && out.front() == '.') out.insert(0, "\\&");
    return ascii_roff(out);
}

std::string manual_page(const mail::CommandRow& program, std::string_view page)
{
    std::string text = ascii_roff(page);
    replace_all(text, "@SYNOPSIS@\n", synopsis_section(program));
    replace_all(text, "@OPTIONS@\n", options_section(program));
    replace_all(text, "@COMMANDS@\n", commands_section(program));
    replace_all(text, "@FILE_OPTIONS@\n", file_section(program));
    replace_all(text, "@UPPER_NAME@", upper(program.name));
    replace_all(text, "@NAME@", program.name);
    replace_all(text, "@MEANING@", roff(program.meaning));
    replace_all(text, "@VERSION@", mail::version());
    return text;
}

}  // namespace manuals
