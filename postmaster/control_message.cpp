#include "postmaster/control_message.h"

#include <nlohmann/json.hpp>

#include "postmaster/verdict.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::size_t kLongestId = 64;
constexpr int kHighestExitCode = 125;

Error malformed(const std::string& what)
{
    return {ErrorKind::malformed, what};
}

/// No deeper than what we write ourselves: the parser recurses only as it builds.
Json parsed(std::string_view text)
{
    return Json::parse(text, nullptr, false);
}

bool take_ids(const Json& json, std::vector<std::string>& ids)
{
    if (!json.is_array() || json.size() > kMostIds) return false;
    for (const Json& id : json) {
        if (!id.is_string() || id.get_ref<const std::string&>().size() > kLongestId) return false;
        ids.push_back(id.get<std::string>());
    }
    return true;
}

}  // namespace

std::string encode_call(const CommandCall& call)
{
    Json json = {{"command", call.command}, {"ids", call.ids}};
    if (call.as_is) json["as_is"] = true;
    return json_line(json);
}

Result<CommandCall> parse_call(std::string_view text)
{
    const Json json = parsed(text);
    if (!json.is_object()) return malformed("a command is a JSON object");
    CommandCall call;
    for (const auto& [name, value] : json.items()) {
        const bool taken = name == "command" && value.is_string()  ? true
                           : name == "ids"                         ? take_ids(value, call.ids)
                           : name == "as_is" && value.is_boolean() ? true
                                                                   : false;
        if (!taken) return malformed("member " + name + " is not understood");
    }
    call.command = text_of(json, "command");
    call.as_is = json.value("as_is", false);
    if (call.command.empty()) return malformed("no command");
    return call;
}

std::string encode_answer(const CommandAnswer& answer)
{
    Json json = {{"exit", answer.exit_code}, {"complaints", answer.complaints}};
    std::string text = json_line(json);
    text.pop_back();
    text += ",\"lines\":[";
    for (std::size_t i = 0; i < answer.lines.size(); ++i) {
        if (i != 0) text += ',';
        text += answer.lines[i];
    }
    return text + "]}";
}

Result<CommandAnswer> parse_answer(std::string_view text)
{
    const Json json = parsed(text);
    const auto is = [&json](const char* member, auto test) {
        const auto found = json.find(member);
        return found != json.end() && test(*found);
    };
    const bool sound = json.is_object() &&
                       is("exit", [](const Json& one) { return one.is_number_unsigned(); }) &&
                       is("lines", [](const Json& one) { return one.is_array(); }) &&
                       is("complaints", [](const Json& one) { return one.is_array(); });
    if (!sound || json["exit"].get<std::uint64_t>() > kHighestExitCode)
        return malformed("the answer is not understood");
    CommandAnswer answer;
    answer.exit_code = json["exit"].get<int>();
    for (const Json& line : json["lines"]) answer.lines.push_back(json_line(line));
    for (const Json& sentence : json["complaints"])
        if (sentence.is_string()) answer.complaints.push_back(sentence.get<std::string>());
    return answer;
}

}  // namespace postmaster
