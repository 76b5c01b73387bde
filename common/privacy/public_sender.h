/// Names that a mail may show: those of hosts in the public DNS that are none of the origin's.
#pragma once

#include <string>
#include <string_view>

#include "common/privacy/origin_values.h"
#include "common/privacy/sender_map.h"

namespace mail::privacy
{

[[nodiscard]] bool may_show(std::string_view domain, const OriginValues& origin);

/// The domain of From, as the operator maps it, in lower case; where that shows the origin, or is
/// none of ASCII, `id.example`, which is nobody's (RFC 2606).
[[nodiscard]] std::string domain_of_from(std::string_view content, const OriginValues& origin,
                                         const SenderMap& senders);

/// Has an mbox line (`From ann@shop.example Fri Nov 20 …`) a sender that may be seen?
[[nodiscard]] bool shows_public_sender(std::string_view mbox_line, const OriginValues& origin);

}  // namespace mail::privacy
