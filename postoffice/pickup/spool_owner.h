/// Whose files a pickup writes. The spool's programs run as its owner and read only his files; the
/// queue's are another user's.
#pragma once

#include <string>

#include "common/result.h"

namespace postoffice
{

/// Started by root, the process becomes the spool's owner and group, and keeps only what it needs
/// to read and remove another user's queue files: CAP_DAC_OVERRIDE, and CAP_LEASE to ask whether
/// one is still being written. Where the spool is our own, or not there, nothing changes.
///
/// Call it before other threads run.
/// errors  refused:   we are neither root nor the owner
///         temporary: the system does not allow it
[[nodiscard]] mail::Result<mail::Done> become_owner_of(const std::string& spool);

}  // namespace postoffice
