/// One waiting mail as nullmailer's mailq writes it, which check_mailq and Checkmk read:
///
///     2026-11-20 06:28:29 163 bytes from <web@app.example>
///       to <r1@d.example>
///
/// The time is local. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "common/envelope.h"

namespace postoffice::submit
{

/// came  seconds since 1970
[[nodiscard]] std::string mailq_text(const mail::Envelope& envelope, std::int64_t came,
                                     std::uint64_t bytes);

}  // namespace postoffice::submit
