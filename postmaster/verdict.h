/// The verdict on one mail, for people and for programs: as a JSON object, and that object as text.
/// `postmaster check` makes one here; `queue show` gets one from the running postmaster.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "common/privacy/inspection.h"
#include "postmaster/terminal_text.h"

namespace postmaster
{

using Json = nlohmann::ordered_json;

/// {"verdict":"held","reason":…,"sender":…,"sent_as":…,"unknown":…,"actions":[…],
///  "more_actions":0,"findings":[{"effect":"holds","value":…,"kind":…,"learned":…,"form":…,"place":…,"stream":…,
///  "header":…,"part":…,"member":…,"offset":…,"excerpt":…,"mark":[begin,end]},…],
///  "more_findings":0}
/// `mark` is where in the excerpt the value stands, where it can be pointed at.
[[nodiscard]] Json verdict_json(const mail::privacy::Inspection& inspection,
                                const mail::Envelope& given,
                                const mail::privacy::OriginSearch* search);

/// The lines below a mail's head: what the scrub does, what was found, each with its place.
/// Members that are missing or of another type are left out: the object may come from elsewhere.
[[nodiscard]] std::string verdict_text(const Json& verdict, const Style& style);

/// "held", in the tone of the verdict.
[[nodiscard]] std::string verdict_word(const Json& verdict, const Style& style);

/// One line of ASCII (RFC 8259), safe for a terminal: whatever is no UTF-8 is replaced.
[[nodiscard]] std::string json_line(const Json& json);

/// "host", "network": of what kind a value is.
[[nodiscard]] std::string kind_word(mail::privacy::OriginValue::Kind kind);

/// A member as text; empty where it is missing or no string.
[[nodiscard]] std::string text_of(const Json& json, const char* member);

}  // namespace postmaster
