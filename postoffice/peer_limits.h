/// How many connections one peer may have, at a time and in a minute. Pure; time is handed in.
///
/// Memory is bounded: with kMostPeers known, a further one is let in uncounted; max-connections
/// holds all the same.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "common/clock.h"

namespace postoffice
{

class PeerLimits
{
public:
    static constexpr std::size_t kMostPeers = 10'000;
    static constexpr std::chrono::seconds kWindow{60};  // begins with a peer's first connection

    struct Limits {
        std::size_t at_once = 0;     // 0: as many as they like
        std::size_t per_minute = 0;  // the same
    };
    explicit PeerLimits(Limits limits) : limits_(limits) {}

    enum class Verdict {
        welcome,    // say leave() when it goes
        uncounted,  // welcome, without leave()
        too_many,
        too_often,
    };
    Verdict admit(const std::string& peer, mail::BootTime now);
    void leave(const std::string& peer);

    std::size_t known() const { return peers_.size(); }

private:
    struct Known {
        std::size_t open = 0;
        std::size_t in_window = 0;
        mail::BootTime window_begin{};
    };
    Known* find_or_make(const std::string& peer, mail::BootTime now);
    void forget_idle(mail::BootTime now);

    Limits limits_;
    std::unordered_map<std::string, Known> peers_;
    mail::BootTime next_sweep_{};
};

}  // namespace postoffice
