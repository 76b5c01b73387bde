/// What `postman check` found, step by step, as text for people and as JSON for programs. Pure.
#pragma once

#include <string>
#include <vector>

namespace postman
{

struct CheckStep {
    enum class Result { ok, warning, failed };
    std::string name;  // "certificate"
    Result result = Result::ok;
    std::string detail;     // what was found
    std::string mend = {};  // what to do about it; empty where all is well

    [[nodiscard]] bool is_well() const { return result == Result::ok; }
};

/// All steps on one way: an endpoint, or the way out.
struct CheckedWay {
    std::string name;
    std::vector<CheckStep> steps;
};

[[nodiscard]] bool is_all_well(const std::vector<CheckedWay>& ways);

/// A line for each way, under it one for each step: result, name, detail, and what to mend.
[[nodiscard]] std::string text_of(const CheckedWay& way);
/// One object: {"ok":…,"checks":[{"target":…,"steps":[{"step":…,"result":…,"detail":…,"mend":…}]}]}
[[nodiscard]] std::string json_of(const std::vector<CheckedWay>& ways);

}  // namespace postman
