/// Choices from a seed: the same seed makes the same schedule.
#pragma once

#include <cstdint>

namespace model
{

class Chance
{
public:
    explicit Chance(std::uint64_t seed) : state_(seed) {}

    /// splitmix64
    std::uint64_t next()
    {
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
    /// 0..bound-1
    std::uint64_t below(std::uint64_t bound) { return next() % bound; }
    bool one_in(std::uint64_t many) { return below(many) == 0; }

private:
    std::uint64_t state_;
};

}  // namespace model
