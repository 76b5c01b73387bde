/// The lines of `queue list` for people and for the programs that parse a queue. Each takes one
/// line of the answer (queue_json.h), which may come from elsewhere: what is missing is left out.
/// Pure.
#pragma once

#include <cstdint>
#include <string>

#include "postmaster/terminal_text.h"
#include "postmaster/verdict.h"

namespace postmaster
{

/// Id, state, age, size, sender and recipients; below it the reason and the next try, where there
/// are such.
///
/// now  seconds since 1970
[[nodiscard]] std::string listed_text(const Json& mail, std::int64_t now, const Style& style);

/// As nullmailer's mailq writes it, which check_mailq and Checkmk read:
///   2026-11-20 06:28:29 163 bytes from <web@app.example>
///     to <r1@d.example>
/// The time is local.
[[nodiscard]] std::string mailq_text(const Json& mail);

/// "12s", "3m", "5h", "9d".
[[nodiscard]] std::string age_text(std::int64_t seconds);
/// "163 B", "12.5 KiB", "3.0 MiB".
[[nodiscard]] std::string size_text(std::uint64_t octets);
/// A member as a count; 0 where it is missing or none.
[[nodiscard]] std::int64_t number_of(const Json& json, const char* member);

}  // namespace postmaster
