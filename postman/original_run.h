/// A run against the Python PostMaster: fetch an answer, make it durable, work it off, until the
/// answer is the empty array.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "common/web/http_exchange.h"
#include "postman/courier.h"

namespace postman
{

struct OriginalEndpoint {
    std::string name;
    mail::web::HttpExchange& exchange;
};

/// state  the directory whose spool holds what was fetched
/// errors temporary: the state cannot be used; nothing was fetched then
/// blocks until all is worked off or a stop
[[nodiscard]] mail::Result<Round> run_original(const std::string& state,
                                               const std::vector<OriginalEndpoint>& endpoints,
                                               WayOut& way_out, std::stop_token stop);

}  // namespace postman
