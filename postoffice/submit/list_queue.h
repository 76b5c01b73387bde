/// `mailq`, `sendmail -bp`: what waits in --queue, and in the spool where the caller may read it.
#pragma once

#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

/// Writes mailq_text() of each mail; nothing at all where none waits.
/// returns  0; 77 a directory may not be read by this user (the standard error says which)
[[nodiscard]] int list_queue(const Settings& settings);

}  // namespace postoffice::submit
