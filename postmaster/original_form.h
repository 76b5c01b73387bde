/// A record as the original PostMaster handed it out: mail_from, rcpt_tos, subject, body, data,
/// timestamp.
#pragma once

#include <string>

#include "common/spool/record.h"

namespace postmaster
{

/// Appends one JSON object. `body` is all text parts, joined as the original joined them. Where the
/// content is not UTF-8, `data` is base64 and a seventh member says so, `data_encoding`; the
/// original could not hand out such mail at all.
void append_original_form(std::string& json, const mail::Record& record);

}  // namespace postmaster
