#include "common/web/endpoint_url.h"

#include <charconv>

namespace mail::web
{
namespace
{

mail::Error malformed(std::string what)
{
    return {mail::ErrorKind::malformed, std::move(what)};
}

bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_host(std::string_view host)
{
    if (host.empty() || host.size() > 253 || host.starts_with('-')) return false;
    for (const char c : host)
        if (!is_alphanumeric(c) && c != '.' && c != '-' && c != '_') return false;
    return true;
}

bool is_v6(std::string_view host)
{
    if (host.empty() || host.find(':') == std::string_view::npos) return false;
    for (const char c : host)
        if (!is_alphanumeric(c) && c != ':' && c != '.') return false;
    return true;
}

bool is_path(std::string_view path)
{
    for (const char c : path)
        if (static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '?' || c == '#')
            return false;
    return true;
}

bool is_loopback(std::string_view host)
{
    return host == "localhost" || host == "::1" ||
           (host.starts_with("127.") && is_host(host) &&
            host.find_first_not_of("0123456789.") == std::string_view::npos);
}

mail::Result<mail::Done> take_port(EndpointUrl& url, std::string_view text)
{
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, url.port);
    if (text.empty() || error != std::errc() || stop != end || url.port < 1 || url.port > 65535)
        return malformed("the URL's port is not in 1 to 65535");
    return mail::Done{};
}

mail::Result<mail::Done> take_authority(EndpointUrl& url, std::string_view authority)
{
    if (authority.find('@') != std::string_view::npos)
        return malformed("a URL carries no user or password: use --user and --password-file");
    std::string_view rest;
    if (authority.starts_with('[')) {
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos || !is_v6(authority.substr(1, end - 1)))
            return malformed("the URL's address in brackets is not sound");
        url.host = authority.substr(1, end - 1);
        rest = authority.substr(end + 1);
    } else {
        const std::size_t colon = authority.find(':');
        url.host = authority.substr(0, colon);
        if (!is_host(url.host)) return malformed("the URL's host is missing or not sound");
        rest = colon == std::string_view::npos ? std::string_view() : authority.substr(colon);
    }
    if (rest.empty()) return mail::Done{};
    if (!rest.starts_with(':')) return malformed("the URL's host is not sound");
    return take_port(url, rest.substr(1));
}

}  // namespace

std::string EndpointUrl::text() const
{
    if (scheme == Scheme::unix_socket) return "unix:" + host;
    const bool is_default = port == (scheme == Scheme::https ? 443 : 80);
    const bool is_v6_address = host.find(':') != std::string::npos;
    std::string text = scheme == Scheme::https ? "https://" : "http://";
    text.append(is_v6_address ? "[" : "").append(host).append(is_v6_address ? "]" : "");
    if (!is_default) text.append(":").append(std::to_string(port));
    return text.append(prefix);
}

mail::Result<EndpointUrl> parse_endpoint_url(std::string_view text, bool allow_insecure)
{
    EndpointUrl url;
    if (text.starts_with("unix:")) {
        url.scheme = EndpointUrl::Scheme::unix_socket;
        url.host = text.substr(5);
        url.port = 80;
        if (!url.host.starts_with('/') || !is_path(url.host) || url.host.size() > 107)
            return malformed("unix: wants the absolute path of a socket, of at most 107 bytes");
        return url;
    }
    if (text.starts_with("https://")) {
        text.remove_prefix(8);
    } else if (text.starts_with("http://")) {
        url.scheme = EndpointUrl::Scheme::http;
        url.port = 80;
        text.remove_prefix(7);
    } else if (text.find("://") != std::string_view::npos) {
        return malformed("the URL is neither https:// nor http:// nor unix:");
    }
    const std::size_t slash = text.find('/');
    if (auto ok = take_authority(url, text.substr(0, slash)); !ok) return std::move(ok).error();
    if (slash != std::string_view::npos) url.prefix = text.substr(slash);
    if (!is_path(url.prefix)) return malformed("the URL's path holds a space, a ? or a #");
    while (url.prefix.ends_with('/')) url.prefix.pop_back();
    if (url.scheme == EndpointUrl::Scheme::http && !allow_insecure && !is_loopback(url.host))
        return mail::Error{
            mail::ErrorKind::refused,
            "http:// would show the password and the mail on the way: use https://, or "
            "--insecure-http if the way itself is safe"};
    return url;
}

}  // namespace mail::web
