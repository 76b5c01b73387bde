/// The addresses of an address field, read by the letter (RFC 5322 3.4), and nothing where the
/// letter leaves a doubt: whoever sends by the header must not guess whom it names. Pure; no
/// recursion; linear time. For fields as mail has them: common/privacy/mailbox_reader.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace postman
{

/// Each address as `local@domain`, comments and white space removed, in order. Groups are opened;
/// display names and comments are no addresses.
///
/// Nothing for: a route, an address without a domain, a list without commas, an unclosed quote,
/// comment or bracket, an address in the place of a name (unless it is the one in the brackets),
/// an encoded word in an address, a control character.
[[nodiscard]] std::optional<std::vector<std::string>> read_address_list(
    std::string_view field_body);

/// Is `text` one address that a header field can carry as it stands?
[[nodiscard]] bool is_plain_address(std::string_view text);

/// The same mailbox for all we know: domains without case, and local parts too (RFC 5321 2.4 asks
/// hosts to tell no cases apart); quotes that are not needed are none.
[[nodiscard]] std::string address_key(std::string_view address);

}  // namespace postman
