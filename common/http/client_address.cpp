#include "common/http/client_address.h"

#include <arpa/inet.h>

namespace mail::http
{
namespace
{

bool is_address(const std::string& text)
{
    unsigned char bytes[16];
    return ::inet_pton(AF_INET, text.c_str(), bytes) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), bytes) == 1;
}

}  // namespace

std::string client_address(const Request& request)
{
    const bool may_be_nginx =
        request.peer == "unix" || request.peer == "::1" || request.peer.starts_with("127.");
    const std::string_view forwarded = find_field(request.fields, "X-Forwarded-For");
    if (!may_be_nginx || forwarded.empty()) return request.peer;
    const auto comma = forwarded.rfind(',');
    std::string last(comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1));
    last.erase(0, last.find_first_not_of(' '));
    return is_address(last) ? last : request.peer;
}

}  // namespace mail::http
