#include "postoffice/http/keys_file.h"

#include <algorithm>

#include "common/config.h"

namespace postoffice::http
{
namespace
{

mail::Error at_line(int number, const std::string& words)
{
    return {mail::ErrorKind::malformed, "line " + std::to_string(number) + ": " + words, 0};
}

}  // namespace

mail::Result<Keys> parse_keys(std::string_view text)
{
    Keys keys;
    for (int number = 1; !text.empty(); ++number) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty() || line.front() == '#') continue;
        if (line.find_first_not_of(" \t\r\v\f") == std::string_view::npos)
            return at_line(number, "a key of nothing but white space");
        if (line.size() < kMinKeyBytes)
            return at_line(number, "a key has at least 16 octets; openssl rand -hex 32 makes one");
        if (keys.size() == kMaxKeys) return at_line(number, "over 32 keys");
        keys.emplace_back(line);
    }
    if (keys.empty()) return mail::Error{mail::ErrorKind::malformed, "there is no key in it", 0};
    return keys;
}

mail::Result<Keys> read_keys_file(const std::string& path)
{
    auto text = mail::read_secret_file(path);
    if (!text) return std::move(text).error();
    auto keys = parse_keys(*text);
    if (!keys) return mail::Error{mail::ErrorKind::malformed, path + ": " + keys.error().step, 0};
    return keys;
}

}  // namespace postoffice::http
