/// A mail for a way out that has no envelope: the API sends to whom To, Cc and Bcc name, so those
/// fields are made to say what the envelope says, or the mail does not go. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postman
{

struct AddressedMail {
    std::string content;  // as it came, but for its Bcc fields; with our own one where it is needed
    std::vector<std::string> carried;  // the recipients that the content goes to, and nobody else
    std::vector<std::string> unfit;    // recipients that no header can carry: no plain address
};

/// The content with a Bcc field for those of `recipients` that neither To nor Cc names. Bcc fields
/// that stood in it go: they were the application's, and the envelope says who is pending of them.
/// An empty line follows the header, also where a broken line ended it: what is body here is body
/// for every reader.
///
/// errors  refused: a line for people, and the mail must not go this way:
///           To or Cc names somebody who is not in `recipients` (never was, or has it already);
///           To or Cc cannot be read without doubt; the header holds what readers disagree on
[[nodiscard]] mail::Result<AddressedMail> address_mail(std::string_view content,
                                                       const std::vector<std::string>& recipients);

}  // namespace postman
