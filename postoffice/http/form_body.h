/// The body of the old client's POST: `msg`, `signature` and `fix_sender`, form-encoded. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace postoffice::http
{

struct MailForm {
    std::string msg;  // octets as they stood
    std::string signature;
    std::string fix_sender;
};

/// Other fields are passed over, as the original did.
///
/// content_type  the request's; empty is fine. A charset must be one whose octets can be taken as
///               they stand: utf-8, us-ascii, iso-8859-1 and the like
/// errors        malformed, in words for the client: another type, a charset that is none, a field
///               twice, a % without two hex digits, over 64 fields
[[nodiscard]] mail::Result<MailForm> parse_form(std::string_view body,
                                                std::string_view content_type);

}  // namespace postoffice::http
