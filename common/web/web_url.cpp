#include "common/web/web_url.h"

namespace mail::web
{
namespace
{

bool is_target(std::string_view target)
{
    for (const char c : target)
        if (c <= ' ' || c > '~' || c == '#' || c == '"' || c == '<' || c == '>' || c == '\\')
            return false;
    return true;
}

}  // namespace

mail::Result<WebUrl> parse_web_url(std::string_view url)
{
    const std::size_t scheme = url.find("://");
    if (!url.starts_with("https://") && !url.starts_with("http://"))
        return mail::Error{mail::ErrorKind::malformed, "the URL is neither https:// nor http://"};
    const std::size_t path = std::min(url.find_first_of("/?", scheme + 3), url.size());
    auto server = parse_endpoint_url(url.substr(0, path), false);
    if (!server && server.error().kind == mail::ErrorKind::refused)
        return mail::Error{mail::ErrorKind::refused,
                           "http:// would show secrets on the way: use https://"};
    if (!server) return std::move(server).error();
    std::string target(url.substr(path));
    if (!is_target(target))
        return mail::Error{mail::ErrorKind::malformed,
                           "the URL holds what must be percent-encoded, or a #"};
    if (!target.starts_with('/')) target.insert(target.begin(), '/');
    return WebUrl{std::move(*server), std::move(target)};
}

}  // namespace mail::web
