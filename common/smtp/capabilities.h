/// What a server's EHLO or LHLO reply offers, as far as we use it (RFC 5321 4.1.1.1). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/smtp/reply.h"

namespace mail::smtp
{

struct Capabilities {
    bool pipelining = false;                // RFC 2920
    bool eight_bit_mime = false;            // RFC 6152
    bool smtputf8 = false;                  // RFC 6531
    bool starttls = false;                  // RFC 3207
    bool size = false;                      // RFC 1870
    std::uint64_t max_bytes = 0;            // with SIZE; 0: the server names no limit
    std::vector<std::string> sign_in = {};  // AUTH's mechanisms, upper case (RFC 4954)
};

/// A keyword that we do not know, or whose parameter is unsound, is passed over.
[[nodiscard]] Capabilities parse_capabilities(const Reply& hello);

}  // namespace mail::smtp
