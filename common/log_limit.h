/// How often an event that a stranger can cause is written: a few lines a minute for each peer,
/// more for all of them together. What is left out is counted, and told once. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "common/clock.h"

namespace mail::log
{

class EventLimit
{
public:
    static constexpr std::chrono::seconds kWindow{60};
    static constexpr std::size_t kLinesOfPeer = 20;  // in a window
    static constexpr std::size_t kLinesOfEvent = 200;

    /// May this line be written? Counts it either way. A window begins with the first line of an
    /// event; memory is bounded, since peers are known by the lines that were written.
    [[nodiscard]] bool allows(std::string_view event, std::string_view peer, BootTime now);

    struct LeftOut {
        std::string event;
        std::uint64_t lines = 0;
    };
    /// Of the events whose window is over; they begin anew. With `all`, of every event.
    [[nodiscard]] std::vector<LeftOut> take_left_out(BootTime now, bool all = false);

private:
    struct Window {
        BootTime begin{};
        std::size_t written = 0;
        std::uint64_t left_out = 0;
        std::map<std::string, std::size_t, std::less<>> written_of_peer;
    };
    std::map<std::string, Window, std::less<>> windows_;
};

}  // namespace mail::log
