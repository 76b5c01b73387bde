/// What the courier has done since its state directory was made, over all its runs: what the
/// counters of the metrics file and `postman status` say. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace postman
{

struct Totals {
    /// By way out ("sendmail:/usr/sbin/sendmail") and outcome ("delivered"): recipients.
    std::map<std::string, std::map<std::string, std::uint64_t>> recipients;
    std::uint64_t mails = 0;
    std::uint64_t rounds_ok = 0;
    std::uint64_t rounds_failed = 0;
    std::int64_t last_round = 0;             // seconds since 1970; 0: none yet
    std::int64_t last_successful_round = 0;  // the same
    /// The round of `last_round`.
    struct Last {
        bool is_ok = false;
        std::string via;
        std::uint64_t mails = 0;
        std::map<std::string, std::uint64_t> recipients;  // by outcome
        bool operator==(const Last&) const = default;
    } last;

    bool operator==(const Totals&) const = default;
};

/// JSON, for `totals.json` in the state directory.
[[nodiscard]] std::string encode_totals(const Totals& totals);
/// What cannot be read counts from zero, as after a reset.
[[nodiscard]] Totals parse_totals(std::string_view text);

}  // namespace postman
