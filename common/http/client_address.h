/// Who asks, as the log names him.
#pragma once

#include <string>

#include "common/http/message.h"

namespace mail::http
{

/// Where a request came from: the address that nginx gives (the last one of X-Forwarded-For), and
/// only where nginx can be the peer; else the peer's own.
[[nodiscard]] std::string client_address(const Request& request);

}  // namespace mail::http
