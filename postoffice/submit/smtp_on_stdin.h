/// `sendmail -bs`: SMTP on standard input and output, with the catcher's own conversation. A mail
/// is answered 250 once the catcher, the origin side or the queue has it.
#pragma once

#include <functional>

#include "postoffice/submit/submitter.h"

namespace postoffice::submit
{

/// complain  is told of each mail that was not taken: the reply says little of why
/// returns   0 the client said QUIT or is gone; 74 the input broke off
/// blocks    until then
[[nodiscard]] int speak_smtp(Submitter& submitter,
                             const std::function<void(const Handover&)>& complain);

}  // namespace postoffice::submit
