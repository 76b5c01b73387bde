/// Outcomes as JSON, in bodies that stay under the postmaster's 1 MiB. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/spool/spool.h"

namespace postman
{

inline constexpr std::size_t kMaxReportBytes = 900'000;

/// `{"outcomes":[…]}` one or more times: all outcomes, in order. An outcome with very many
/// recipients is told in parts. Bytes that are not UTF-8 become U+FFFD.
[[nodiscard]] std::vector<std::string> encode_reports(const std::vector<mail::Outcome>& outcomes,
                                                      std::size_t most_bytes = kMaxReportBytes);

[[nodiscard]] const char* name_of(mail::OutcomeKind kind);

}  // namespace postman
