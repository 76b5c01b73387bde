/// Replies of 4xx and 5xx, by code and enhanced code. There are some twenty of them in all, so they
/// stand in a fixed table that grows as they are first said.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "postoffice/reply.h"

namespace postoffice
{

class RefusalCounts
{
public:
    static constexpr std::size_t kMost = 64;  // further ones are not counted

    /// On one thread at a time; any thread may read meanwhile.
    void add(const Reply& reply) noexcept;

    struct Count {
        int code = 0;
        std::string enhanced;  // "5.3.4"; empty where the reply has none
        std::uint64_t count = 0;
    };
    [[nodiscard]] std::vector<Count> read() const;

private:
    struct Place {
        int code = 0;
        std::string_view enhanced;  // a literal
        std::atomic<std::uint64_t> count{0};
    };
    std::array<Place, kMost> places_;
    std::atomic<std::size_t> used_{0};  // said after a place is filled
};

}  // namespace postoffice
