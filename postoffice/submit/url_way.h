/// One mail to an origin side elsewhere, by signed HTTP (signed_post.h).
#pragma once

#include <string>

#include "common/spool/record.h"
#include "postoffice/submit/handover.h"
#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

/// Recipients that do not fit one request go in several, each with a key of its own made of `key`.
///
/// settings  with a URL, and a key that signs
/// blocks    until the origin side has answered; 300 s for each request
[[nodiscard]] Handover send_by_url(const Settings& settings, const mail::Record& record,
                                   const std::string& key);

}  // namespace postoffice::submit
