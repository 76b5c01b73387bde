/// One line of the ledger: what stands about one (id, recipient), with a checksum. Pure.
/// The format, byte by byte: docs/ledger.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/spool/spool_id.h"

namespace postman
{

/// What the ledger knows of one recipient of one mail. All zero: never tried.
struct Standing {
    bool is_done = false;            // a way out accepted it: never send it again
    bool is_confirmed = false;       // and the postmaster has deleted it: it does not come back
    std::uint32_t attempts = 0;      // deliveries started
    std::uint32_t unended = 0;       // of those, the last ones in a row that never ended
    std::int64_t first_attempt = 0;  // seconds since 1970
    std::int64_t last_change = 0;    // seconds since 1970

    bool operator==(const Standing&) const = default;
};

/// (id, recipient), the recipient as 64 bits of its SHA-256: the ledger tells what was delivered,
/// not to whom.
struct LedgerKey {
    mail::SpoolId id;
    std::uint64_t recipient = 0;

    static LedgerKey of(const mail::SpoolId& id, std::string_view recipient);
    bool operator==(const LedgerKey&) const = default;

    struct Hash {
        std::size_t operator()(const LedgerKey& key) const noexcept
        {
            return mail::SpoolId::Hash{}(key.id) ^ static_cast<std::size_t>(key.recipient);
        }
    };
};

/// What happened. Each line carries the standing after it, so the last line of a key says it all.
enum class LedgerEvent {
    started,    // a delivery begins: written and synced before the way out is called
    ended,      // it ended without acceptance: deferred or failed
    done,       // the way out accepted it
    withdrawn,  // the way out was never reached: the attempt does not count
    forgotten,  // the postmaster took over (failed, held): a later hand-out starts anew
    confirmed,  // done, and the postmaster has settled it
};

struct LedgerLine {
    LedgerEvent event = LedgerEvent::started;
    LedgerKey key;
    Standing standing;

    bool operator==(const LedgerLine&) const = default;
};

/// With its line feed.
[[nodiscard]] std::string encode_ledger_line(const LedgerLine& line);
/// Takes the next line off `text`, whatever it is; `text` is not empty. Nothing if it is torn, or
/// if its checksum or its form is not right.
[[nodiscard]] std::optional<LedgerLine> take_ledger_line(std::string_view& text);

/// The standing after `event`.
[[nodiscard]] Standing after(Standing before, LedgerEvent event, std::int64_t now_seconds);

}  // namespace postman
