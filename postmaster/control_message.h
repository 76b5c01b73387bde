/// What an operator's command says to the postmaster that runs, and what it answers: one JSON
/// object each. Pure; docs/queue.md has it for people.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postmaster
{

inline constexpr std::size_t kMostIds = 10'000;  // in one call

/// {"command":"release","ids":["018f…"],"as_is":true}
struct CommandCall {
    std::string command;
    std::vector<std::string> ids = {};  // as the operator gave them: whole, or a beginning
    bool as_is = false;
    std::vector<std::string> states = {};  // list: of these only; none: of all
    std::string form = {};                 // show: "raw", "scrubbed"; empty: told in words
    std::string cursor = {};               // of the answer before: go on there
    bool operator==(const CommandCall&) const = default;
};

/// {"exit":0,"lines":[{…},…],"complaints":["…"],"cursor":"…"}
/// One answer is bounded; where there is more, the cursor says where to go on.
struct CommandAnswer {
    int exit_code = 0;                         // sysexits.h
    std::vector<std::string> lines = {};       // JSON objects, in ASCII
    std::vector<std::string> complaints = {};  // sentences for the standard error
    std::string cursor = {};                   // empty: that was all
    bool operator==(const CommandAnswer&) const = default;
};

[[nodiscard]] std::string encode_call(const CommandCall& call);
/// errors  malformed: in words for the operator; unknown members are refused
[[nodiscard]] mail::Result<CommandCall> parse_call(std::string_view json);

[[nodiscard]] std::string encode_answer(const CommandAnswer& answer);
/// errors  malformed
[[nodiscard]] mail::Result<CommandAnswer> parse_answer(std::string_view json);

}  // namespace postmaster
