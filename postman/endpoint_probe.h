/// `postman check URL`, the asking: name, connection, TLS, clock, login, protocol, by the courier's
/// own client and without taking mail.
#pragma once

#include "common/clock.h"
#include "postman/endpoint_check.h"

namespace postman
{

/// Ends with the first step that failed.
///
/// errors  as HttpExchange::make: what is given does not work here
/// blocks  for names, connections and two answers: at most about two minutes
[[nodiscard]] mail::Result<CheckedWay> probe_endpoint(const mail::web::EndpointUrl& url,
                                                      const mail::web::HttpCredentials& credentials,
                                                      bool is_original, const mail::Clock& clock);

}  // namespace postman
