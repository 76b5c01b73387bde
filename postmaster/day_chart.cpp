#include "postmaster/day_chart.h"

#include <algorithm>
#include <cstdio>

namespace postmaster
{
namespace
{

constexpr double kHalf = 60;  // of the picture's height
constexpr double kMost = 57;  // of a bar
constexpr double kLeast = 1;  // so that one mail is seen beside a thousand

std::uint64_t scale_of(const std::vector<DayCurve::Slot>& slots)
{
    std::uint64_t most = 1;
    for (const DayCurve::Slot& slot : slots) most = std::max({most, slot.came, slot.went});
    return most;
}

double height_of(std::uint64_t mails, std::uint64_t scale)
{
    if (mails == 0) return 0;
    return std::max(kLeast, kMost * static_cast<double>(mails) / static_cast<double>(scale));
}

/// One bar of a path: from the middle line, `height` up (or down, if negative).
void append_bar(std::string& path, std::size_t slot, double height)
{
    if (height == 0) return;
    char bar[96];
    std::snprintf(bar, sizeof bar, "M%zu.5 60h4v%.1fh-4z", slot * 5, -height);
    path += bar;
}

std::string path_of(const char* name, const std::string& bars)
{
    return std::string("<path class=\"") + name + "\" d=\"" + bars + "\"/>";
}

/// Every six hours.
std::string hour_lines()
{
    std::string lines;
    for (int x = 0; x <= 720; x += 180) {
        char line[64];
        std::snprintf(line, sizeof line, "M%d 0V%.0f", x == 720 ? 719 : x, 2 * kHalf);
        lines += line;
    }
    return lines;
}

}  // namespace

std::string day_chart(const std::vector<DayCurve::Slot>& slots)
{
    const std::uint64_t scale = scale_of(slots);
    std::string came, went;
    std::uint64_t all_came = 0, all_went = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        all_came += slots[i].came;
        all_went += slots[i].went;
        append_bar(came, i, height_of(slots[i].came, scale));
        append_bar(went, i, -height_of(slots[i].went, scale));
    }
    const std::string words = "In 24 hours " + std::to_string(all_came) + " mails came and " +
                              std::to_string(all_went) + " were handed out; at most " +
                              std::to_string(scale) + " in ten minutes";
    return "<svg viewBox=\"0 0 720 120\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"" +
           words + "\">" + path_of("hours", hour_lines()) + path_of("came", came) +
           path_of("went", went) + "<path class=\"middle\" d=\"M0 60H720\"/></svg>";
}

}  // namespace postmaster
