/// What a request says of the envelope: the fields Mail-From and Rcpt-To, or the query. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postoffice::http
{

inline constexpr std::size_t kMaxRecipients = 1000;

struct WantedEnvelope {
    std::optional<std::string> sender;         // empty: the null sender; nothing: the header's
    std::vector<std::string> recipients = {};  // each once; none: the header's
};

/// `<a@b>` or `<>`; `<c@d>, <e@f>`. An empty value says nothing.
/// errors  malformed, in words for the client; over kMaxRecipients too
[[nodiscard]] mail::Result<WantedEnvelope> envelope_of_fields(std::string_view mail_from,
                                                              std::string_view rcpt_to);

/// `from=a%40b&to=c%40d&to=e%40f`; `from=` is the null sender.
/// errors  malformed, in words for the client: an unknown name, `from` twice, what is no address,
///         a bare + (it may mean a space), over kMaxRecipients
[[nodiscard]] mail::Result<WantedEnvelope> envelope_of_query(std::string_view query);

}  // namespace postoffice::http
