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

constexpr std::size_t kLongestWord = 64;
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

bool take_word(const Json& json, std::string& word)
{
    if (!json.is_string() || json.get_ref<const std::string&>().size() > kLongestWord) return false;
    word = json.get<std::string>();
    return true;
}

bool take_words(const Json& json, std::vector<std::string>& words)
{
    if (!json.is_array() || json.size() > kMostIds) return false;
    for (const Json& one : json)
        if (!take_word(one, words.emplace_back())) return false;
    return true;
}

bool take_member(const std::string& name, const Json& value, CommandCall& call)
{
    if (name == "command") return take_word(value, call.command);
    if (name == "ids") return take_words(value, call.ids);
    if (name == "states") return take_words(value, call.states);
    if (name == "form") return take_word(value, call.form);
    if (name == "cursor") return take_word(value, call.cursor);
    if (name != "as_is" || !value.is_boolean()) return false;
    call.as_is = value.get<bool>();
    return true;
}

}  // namespace

std::string encode_call(const CommandCall& call)
{
    Json json = {{"command", call.command}, {"ids", call.ids}};
    if (call.as_is) json["as_is"] = true;
    if (!call.states.empty()) json["states"] = call.states;
    if (!call.form.empty()) json["form"] = call.form;
    if (!call.cursor.empty()) json["cursor"] = call.cursor;
    return json_line(json);
}

Result<CommandCall> parse_call(std::string_view text)
{
    const Json json = parsed(text);
    if (!json.is_object()) return malformed("a command is a JSON object");
    CommandCall call;
    for (const auto& [name, value] : json.items())
        if (!take_member(name, value, call))
            return malformed("member " + name + " is not understood");
    if (call.command.empty()) return malformed("no command");
    return call;
}

std::string encode_answer(const CommandAnswer& answer)
{
    Json json = {{"exit", answer.exit_code}, {"complaints", answer.complaints}};
    if (!answer.cursor.empty()) json["cursor"] = answer.cursor;
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
    answer.cursor = text_of(json, "cursor");
    answer.exit_code = json["exit"].get<int>();
    for (const Json& line : json["lines"]) answer.lines.push_back(json_line(line));
    for (const Json& sentence : json["complaints"])
        if (sentence.is_string()) answer.complaints.push_back(sentence.get<std::string>());
    return answer;
}

}  // namespace postmaster
