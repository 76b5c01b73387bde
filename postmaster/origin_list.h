/// The list of what must not show, as `postmaster origin` tells it. Pure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "common/privacy/origin_search.h"
#include "postmaster/verdict.h"

namespace postmaster
{

/// {"value":…,"kind":…,"source":"configured"|"learned"|"left out","weak":…,
///  "forms":[{"form":…,"text":…},…]}, an object a value. `weak`: cleaned from trace and X- fields,
/// and holds no mail.
[[nodiscard]] std::vector<Json> origin_json(
    const mail::privacy::OriginSearch& search,
    const std::vector<mail::privacy::OriginValue>& left_out);

/// The same for people.
[[nodiscard]] std::string origin_text(const mail::privacy::OriginSearch& search,
                                      const std::vector<mail::privacy::OriginValue>& left_out,
                                      const Style& style);

/// What many machines have, and this one knows of itself: a private address, a name of one label.
[[nodiscard]] bool is_weak(const mail::privacy::OriginValue& value);

}  // namespace postmaster
