/// The scrub: bytes in, bytes and a list of what it did out. Pure.
///
/// Removes or rewrites whole header lines; everything else stays byte for byte: order, folding,
/// case, body. What it removes and why: the catalogue in docs/privacy.md. A DKIM signature that the
/// scrub would break is removed too. Run by postmaster at hand-out, and again by postman before
/// delivery.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/origin_search.h"
#include "common/privacy/origin_values.h"
#include "common/privacy/sender_map.h"

namespace mail::privacy
{

/// --strict-headers: only fields on the list of kept ones stay (catalogue.h).
enum class StrictHeaders { off, report, enforce };

struct ScrubRules {
    /// Message-IDs that show the origin are mapped with HMAC-SHA256 under this key; the same map
    /// goes over In-Reply-To and References, so that threads hold. Empty: identifiers are left
    /// alone (postman's repeat, which only drops header names).
    std::string message_id_key;
    /// Right side of a mapped Message-ID. Empty: the domain of From, and where that shows the
    /// origin too, `id.example`. With several From domains, threads across them hold only if it is
    /// given.
    std::string public_domain;
    /// What must not show: the operator's values and what the machine knows of itself.
    OriginValues origin;
    /// The operator's map of addresses, for the address fields.
    SenderMap senders;
    /// Finds a value in a field in every form: an `X-…` field that shows one goes, an identifier
    /// is mapped. Null: only the values themselves are looked for (postman's repeat).
    const OriginSearch* search = nullptr;
    StrictHeaders strict = StrictHeaders::off;
    /// Names that strict keeps beside its own list: the operator's word. Compared without case.
    std::vector<std::string> kept_headers;
};

struct ScrubAction {
    enum class Kind {
        dropped,
        rewritten,
        signature_dropped,
        would_drop,  // by --strict-headers, once it is enforced; nothing was done
    };
    Kind kind = Kind::dropped;
    std::string header;      // the field's name as it stood; empty for an mbox `From ` line
    std::size_t offset = 0;  // of the field in the content given
    std::string
        reason;  // a short phrase for people: "trace", "client address", "breaks with Message-ID"
    std::string line;  // the field as it stood, without its last line end
};

/// Of a mail with more such fields than this, the rest is done but not listed. Those that would be
/// dropped are counted apart, so that they hide no change.
inline constexpr std::size_t kMostActions = 10'000;

struct Scrubbed {
    std::string content;
    std::vector<ScrubAction> actions;  // in the order of the fields
    std::size_t more_actions = 0;      // not listed
    std::size_t changes = 0;           // fields that went or were rewritten, listed or not
    std::string incomplete;            // why not all was read that would be mapped; empty: it was
};

/// Never fails: bytes that are no header are body. `content` has CRLF line ends; it is edited where
/// it is, so move it in where it is large.
[[nodiscard]] Scrubbed scrub(std::string content, const ScrubRules& rules);

}  // namespace mail::privacy
