/// What others wrote (a mail, a certificate, a DNS record, a reply) must not steer a terminal, nor
/// begin a line of its own. Pure.
#pragma once

#include <string>
#include <string_view>

namespace postman
{

/// The first `longest` octets; all that is not printable ASCII is '?', an octet each.
[[nodiscard]] inline std::string printable(std::string_view text,
                                           std::size_t longest = std::string_view::npos)
{
    std::string shown(text.substr(0, longest));
    for (char& c : shown)
        if (c < ' ' || c > '~') c = '?';
    return shown;
}

}  // namespace postman
