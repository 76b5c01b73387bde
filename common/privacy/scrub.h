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

#include "common/privacy/origin_values.h"

namespace mail::privacy
{

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
};

struct ScrubAction {
    enum class Kind { dropped, rewritten, signature_dropped };
    Kind kind = Kind::dropped;
    std::string header;      // the field's name as it stood; empty for an mbox `From ` line
    std::size_t offset = 0;  // of the field in the content given
    std::string
        reason;  // a short phrase for people: "trace", "client address", "breaks with Message-ID"
    std::string line;  // the field as it stood, without its last line end
};

/// Of a header with more such fields than this, the rest is done but not listed.
inline constexpr std::size_t kMostActions = 10'000;

struct Scrubbed {
    std::string content;
    std::vector<ScrubAction> actions;  // in the order of the fields; empty: content is as given
    std::size_t more_actions = 0;      // done, but not listed
};

/// Never fails: bytes that are no header are body. `content` has CRLF line ends.
[[nodiscard]] Scrubbed scrub(std::string_view content, const ScrubRules& rules);

}  // namespace mail::privacy
