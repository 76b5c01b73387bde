/// The words of a credential broker's socket, as cloud_mdir_sync speaks them. A client says
///
///     PROTO[,option[,option]] user@domain
///
/// and closes its side; the broker answers `user=U^Aauth=Bearer TOKEN^A^A` (XOAUTH2's string, ^A
/// is the byte 1), or nothing, and closes. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace postman::oauth
{

inline constexpr std::size_t kMaxBrokerRequest = 1024;
inline constexpr std::size_t kMaxBrokerAnswer = 20 * 1024;

struct BrokerRequest {
    std::string protocol;  // "SMTP", "IMAP"; the options are read over
    std::string user;
};

/// errors  malformed: with what is wrong
[[nodiscard]] mail::Result<BrokerRequest> parse_broker_request(std::string_view text);
[[nodiscard]] std::string broker_request(const BrokerRequest& request);

/// The token in an answer for `user`.
/// errors  temporary: the broker said nothing, or not what it should; in words for people
[[nodiscard]] mail::Result<std::string> parse_broker_answer(std::string_view text,
                                                            std::string_view user);

/// The initial response of SASL XOAUTH2, which is the broker's answer too.
[[nodiscard]] std::string xoauth2(std::string_view user, std::string_view token);

}  // namespace postman::oauth
