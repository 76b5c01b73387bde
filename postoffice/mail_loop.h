/// Mail that goes in circles (RFC 5321 6.3). Pure.
#pragma once

#include <string_view>

namespace postoffice
{

inline constexpr int kMaxReceived = 50;  // by SMTP, over HTTP and out of a queue

/// Has the header more `Received` fields than that?
/// head  the content, or as much of it as holds the header
[[nodiscard]] bool went_in_circles(std::string_view head, int max_received);

}  // namespace postoffice
