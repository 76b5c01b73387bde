#include "postoffice/http/percent_text.h"

#include <algorithm>

namespace postoffice::http
{
namespace
{

int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, Plus plus)
{
    std::string octets;
    octets.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            if (plus == Plus::is_refused) return std::nullopt;
            octets += ' ';
        } else if (text[i] == '%') {
            if (text.size() - i < 3) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            octets += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            octets += text[i];
        }
    }
    return octets;
}

std::optional<std::vector<NamedValue>> split_pairs(std::string_view text, std::size_t most)
{
    std::vector<NamedValue> pairs;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), pair.size() + 1));
        if (pair.empty()) continue;
        if (pairs.size() == most) return std::nullopt;
        const std::string_view name = pair.substr(0, pair.find('='));
        pairs.emplace_back(name, pair.substr(std::min(pair.size(), name.size() + 1)));
    }
    return pairs;
}

}  // namespace postoffice::http
