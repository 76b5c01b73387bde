/// The day's curve as a picture: an inline SVG with a bar for each ten minutes, what came upwards
/// and what went downwards, both on one scale. Its colours are the page's. Pure.
#pragma once

#include <string>
#include <vector>

#include "postmaster/day_curve.h"

namespace postmaster
{

[[nodiscard]] std::string day_chart(const std::vector<DayCurve::Slot>& slots);

}  // namespace postmaster
