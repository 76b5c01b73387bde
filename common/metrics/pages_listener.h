/// Opens the metrics listener: loopback TCP or a unix socket, through common/http.
#pragma once

#include <memory>
#include <string>

#include "common/http/listener.h"
#include "common/metrics/pages.h"
#include "common/result.h"

namespace mail::metrics
{

/// Serves the pages until it goes; nullptr where `address` is empty.
/// address  unix:/PATH or HOST:PORT, as http::open_listening_socket
/// pages    must outlive it
/// errors   as http::open_listening_socket
[[nodiscard]] Result<std::unique_ptr<http::Listener>> serve_pages(const std::string& address,
                                                                  const Pages& pages);

}  // namespace mail::metrics
