#include "postmaster/html_text.h"

#include "postmaster/terminal_text.h"

namespace postmaster
{
namespace
{

std::string with_references(std::string_view text)
{
    std::string html;
    for (const char c : text) {
        switch (c) {
            case '&':
                html += "&amp;";
                break;
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '"':
                html += "&quot;";
                break;
            case '\'':
                html += "&#39;";
                break;
            default:
                html += c;
        }
    }
    return html;
}

}  // namespace

std::string html_text(std::string_view text)
{
    return with_references(shown(text));
}

std::string html_text(std::string_view text, std::size_t columns)
{
    return with_references(cut_to(shown(text), columns));
}

}  // namespace postmaster
