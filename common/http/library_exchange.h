/// One request and its answer through cpp-httplib: it parses a vetted head and writes the response.
/// It never reads from a socket, never sees a body, and keeps nothing between requests.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

#include "common/http/connection.h"
#include "common/http/message.h"

namespace mail::http
{

/// Calls `handler` with the connection's request and writes its answer.
///
/// passed_fields  the header fields that reach the handler; others do not
/// deadline       for writing the whole answer
/// An exception out of the handler is logged and answered 500, without a word about it.
void answer_request(Connection& connection, const Handler& handler,
                    const std::vector<std::string>& passed_fields,
                    std::chrono::seconds write_deadline, const std::stop_token& stopping);

}  // namespace mail::http
