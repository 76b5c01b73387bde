/// A mail's sender in the form that the genericstable gives it: in the envelope, and in the header
/// fields that name senders. Pure.
#pragma once

#include <optional>

#include "common/spool/record.h"
#include "postman/accounts/genericstable.h"

namespace postman
{

/// The record with mapped addresses in the reverse-path, From, Sender, Reply-To and their Resent-
/// forms; everything else byte for byte. Where a field changed, DKIM-Signature fields go: they
/// would not verify any more. Nothing where nothing changes.
[[nodiscard]] std::optional<mail::Record> with_generic_senders(const mail::Record& record,
                                                               const GenericsTable& table);

}  // namespace postman
