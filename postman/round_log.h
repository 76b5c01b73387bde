/// What every run that delivers has in common: it makes a way out of the options, tells of its
/// rounds in the log, and ends with an exit code.
#pragma once

#include <string>

#include "postman/courier.h"
#include "postman/options.h"
#include "postman/way_out.h"

namespace postman
{

/// Lifetime, jobs, the gate and the rule for what is unconfirmed, as the options say. All must
/// outlive it.
/// key  under which identifiers are mapped; empty where a postmaster has done that
[[nodiscard]] WayOut make_way_out(const PostmanOptions& options, DeliveryBackend& backend,
                                  Ledger& ledger, Pace& pace, std::string key = {});
/// The rules for what leaves here, of options without a fault.
[[nodiscard]] CarryRules make_carry_rules(const PostmanOptions& options, std::string key);

void log_round(const std::string& endpoint, const Round& round);
[[nodiscard]] bool is_all_well(const Round& round);

/// How wide W5 was, for people and for whoever collects figures. Thread-safe.
void tell_widths(const Widths::Summary& widths, const std::string& state);

/// returns  0 all well, 75 something is deferred, 78 the way out does not work
[[nodiscard]] int exit_code_of(const WayOut& way_out, bool is_well);

}  // namespace postman
