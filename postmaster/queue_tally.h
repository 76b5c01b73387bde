/// `queue stats`: the pages of the answer added up, for people and as JSON. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "postmaster/terminal_text.h"
#include "postmaster/verdict.h"

namespace postmaster
{

class QueueTally
{
public:
    /// One line of an answer; what is none is passed over.
    void add(const Json& line);
    /// now  seconds since 1970
    [[nodiscard]] std::string text(std::int64_t now, const Style& style) const;
    /// {"states":{"waiting":{"mails","octets","oldest"},…},"leases","stopped","stopped_since",
    ///  "held_for":[{"reason","mails"},…]}: all states are there, at most 100 reasons.
    [[nodiscard]] Json json() const;

private:
    struct Count {
        std::uint64_t mails = 0, octets = 0;
        std::int64_t oldest = 0;  // seconds since 1970; 0: none
    };
    std::vector<std::pair<std::string, std::uint64_t>> most_held_for() const;

    std::map<std::string, Count> states_;
    std::map<std::string, std::uint64_t> held_for_;
    std::int64_t leases_ = 0;
    bool is_stopped_ = false;
    std::string stopped_since_;
};

}  // namespace postmaster
