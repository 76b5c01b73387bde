/// The URL of a provider's endpoint: server and request target. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"
#include "common/web/endpoint_url.h"

namespace mail::web
{

struct WebUrl {
    EndpointUrl server;  // without a prefix
    std::string target;  // "/token?x=y", never empty
};

/// errors  malformed: not https:// or http://, no sound host, a space, a control or a fragment
///         refused:   http:// to a host that is not this one
[[nodiscard]] mail::Result<WebUrl> parse_web_url(std::string_view url);

}  // namespace mail::web
