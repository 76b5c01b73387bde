/// The mail that an operator means: by its id, or by a beginning that no other kept mail has. Pure.
#pragma once

#include <string_view>
#include <vector>

#include "common/result.h"
#include "common/spool/spool.h"

namespace postmaster
{

/// given   hex digits, of any case; a file's name (`<id>.json`) is fine
/// errors  malformed: no beginning of an id
///         missing:   no kept mail has it
///         conflict:  more than one has it; two of them are named
[[nodiscard]] mail::Result<mail::KeptMail> find_kept(const std::vector<mail::KeptMail>& kept,
                                                     std::string_view given);

/// "held", "failed", "corrupt".
[[nodiscard]] std::string_view word_of(mail::Shelf shelf) noexcept;

}  // namespace postmaster
