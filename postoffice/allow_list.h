/// Who may connect: addresses and CIDR ranges, as --allow takes them. Pure.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postoffice
{

class AllowList
{
public:
    /// errors  malformed: no address, a prefix that is no number or too long; the step names it
    static mail::Result<AllowList> parse(const std::vector<std::string>& ranges);

    /// address  as text, without zone; ::ffff:192.0.2.1 counts as 192.0.2.1
    bool contains(std::string_view address) const;
    bool is_empty() const { return ranges_.empty(); }

private:
    // IPv4 lies in ::ffff:0:0/96, so one form serves both.
    using Octets = std::array<unsigned char, 16>;
    struct Range {
        Octets network{};
        unsigned prefix_bits = 128;
    };
    std::vector<Range> ranges_;
};

}  // namespace postoffice
