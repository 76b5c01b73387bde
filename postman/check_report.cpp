#include "postman/check_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "postman/printable.h"

namespace postman
{
namespace
{

constexpr std::size_t kResultWidth = 8;
constexpr std::size_t kNameWidth = 13;

const char* text_word(CheckStep::Result result)
{
    static constexpr const char* kWords[] = {"ok", "warning", "FAILED"};
    return kWords[static_cast<int>(result)];
}

const char* json_word(CheckStep::Result result)
{
    static constexpr const char* kWords[] = {"ok", "warning", "failed"};
    return kWords[static_cast<int>(result)];
}

std::string padded(std::string text, std::size_t width)
{
    text.resize(std::max(text.size() + 1, width), ' ');
    return text;
}

bool is_well(const CheckedWay& way)
{
    return std::all_of(way.steps.begin(), way.steps.end(),
                       [](const CheckStep& step) { return step.is_well(); });
}

nlohmann::ordered_json steps_of(const CheckedWay& way)
{
    nlohmann::ordered_json steps = nlohmann::ordered_json::array();
    for (const CheckStep& step : way.steps) {
        nlohmann::ordered_json one;
        one["step"] = step.name;
        one["result"] = json_word(step.result);
        one["detail"] = step.detail;
        if (!step.mend.empty()) one["mend"] = step.mend;
        steps.push_back(std::move(one));
    }
    return steps;
}

}  // namespace

bool is_all_well(const std::vector<CheckedWay>& ways)
{
    return std::all_of(ways.begin(), ways.end(), is_well);
}

std::string text_of(const CheckedWay& way)
{
    std::string text = printable(way.name) + "\n";
    for (const CheckStep& step : way.steps) {
        text.append("  ").append(padded(text_word(step.result), kResultWidth));
        text.append(padded(step.name, kNameWidth)).append(printable(step.detail));
        if (!step.mend.empty()) text.append(" -> ").append(printable(step.mend));
        text += '\n';
    }
    return text;
}

std::string json_of(const std::vector<CheckedWay>& ways)
{
    nlohmann::ordered_json checks = nlohmann::ordered_json::array();
    for (const CheckedWay& way : ways) {
        nlohmann::ordered_json one;
        one["target"] = way.name;
        one["ok"] = is_well(way);
        one["steps"] = steps_of(way);
        checks.push_back(std::move(one));
    }
    nlohmann::ordered_json report;
    report["ok"] = is_all_well(ways);
    report["checks"] = std::move(checks);
    return report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace postman
