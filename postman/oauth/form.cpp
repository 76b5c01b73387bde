#include "postman/oauth/form.h"

namespace postman::oauth
{
namespace
{

constexpr std::size_t kMostPairs = 32;
constexpr std::string_view kHex = "0123456789ABCDEF";

bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percent_decode(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] != '%') {
            plain += text[at] == '+' ? ' ' : text[at];
            continue;
        }
        if (at + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[at + 1]);
        const int low = hex_value(text[at + 2]);
        if (high < 0 || low < 0) return std::nullopt;
        plain += static_cast<char>(high * 16 + low);
        at += 2;
    }
    return plain;
}

}  // namespace

std::string percent_encode(std::string_view text)
{
    std::string encoded;
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        encoded.append({'%', kHex[octet >> 4], kHex[octet & 15]});
    }
    return encoded;
}

std::string form_encode(const Form& form)
{
    std::string text;
    for (const auto& [name, value] : form) {
        if (!text.empty()) text += '&';
        text.append(percent_encode(name)).append("=").append(percent_encode(value));
    }
    return text;
}

std::optional<Form> form_decode(std::string_view text)
{
    Form form;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        auto name = percent_decode(pair.substr(0, equals));
        auto value = percent_decode(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || form.size() == kMostPairs) return std::nullopt;
        for (const auto& known : form)
            if (known.first == *name) return std::nullopt;
        form.emplace_back(std::move(*name), std::move(*value));
    }
    return form;
}

std::string value_of(const Form& form, std::string_view name)
{
    for (const auto& [known, value] : form)
        if (known == name) return value;
    return {};
}

}  // namespace postman::oauth
