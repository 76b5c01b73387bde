/// Addresses in log lines, hidden on request: `5f0c21aa@example.org` for `ann@example.org`. The
/// same address becomes the same word, so that lines can still be put together; the domain stays,
/// since operators need it. Pure, but for machine_mask_key().
#pragma once

#include <string>
#include <string_view>

namespace mail::log
{

/// One field's value with every address in it masked, whichever words are around it (a server's
/// reply names addresses too). Names without a domain are masked where the field holds nothing but
/// addresses (from, to, recipient); a `subject` is masked whole. `via`, `endpoint` and `account`
/// are the operator's own words, and stay.
///
/// hash_key  of HMAC-SHA256
[[nodiscard]] std::string masked(std::string_view field, std::string_view value,
                                 std::string_view hash_key);

/// From /etc/machine-id, which is for this machine alone to know (machine-id(5)): the same words in
/// all programs here, before and after a restart. Without it, the kernel's id of this boot.
[[nodiscard]] std::string machine_mask_key();

}  // namespace mail::log
