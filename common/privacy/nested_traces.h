/// Trace fields inside a mail that is inside the mail: a forward, or the mail that a bounce
/// returns.
#pragma once

#include <string_view>
#include <vector>

#include "common/privacy/field_search.h"
#include "common/privacy/message_view.h"

namespace mail::privacy
{

/// Fields that a scrub of the inner mail would drop by their names (the catalogue, and `X-…`), and
/// that show the origin; the others stay, so that an ordinary forward leaves as it came. Only where
/// their octets stand as they are: nothing that is encoded, nothing in a multipart/signed. In
/// order, each once.
[[nodiscard]] std::vector<HeaderField> nested_traces(std::string_view content, FieldSearch& search);

}  // namespace mail::privacy
