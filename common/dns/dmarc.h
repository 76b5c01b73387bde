/// DMARC records (RFC 7489), read for the addresses that reports go to.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mail::dns
{

/// The mail addresses of `rua` and `ruf` (RFC 7489 6.2), size limits cut off; none where the text
/// is no DMARC record. At most 100.
[[nodiscard]] std::vector<std::string> dmarc_report_addresses(std::string_view text);

}  // namespace mail::dns
