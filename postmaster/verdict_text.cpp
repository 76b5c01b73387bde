/// The verdict as text. Whatever stands in the object goes through shown() before it is put out.
#include <nlohmann/json.hpp>

#include "postmaster/verdict.h"

namespace postmaster
{
namespace
{

constexpr std::size_t kWidestField = 72;
constexpr std::size_t kMostActionsTold = 200;

const Json& list_of(const Json& json, const char* member)
{
    static const Json empty = Json::array();
    if (!json.is_object()) return empty;
    const auto found = json.find(member);
    return found != json.end() && found->is_array() ? *found : empty;
}

std::uint64_t number_of(const Json& json, const char* member)
{
    if (!json.is_object()) return 0;
    const auto found = json.find(member);
    return found != json.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

bool is_true(const Json& json, const char* member)
{
    if (!json.is_object()) return false;
    const auto found = json.find(member);
    return found != json.end() && found->is_boolean() && found->get<bool>();
}

std::string sender_text(const Json& verdict, const Style& style)
{
    const std::string given = text_of(verdict, "sender");
    const std::string sent = text_of(verdict, "sent_as");
    if (given == sent) return {};
    return "  envelope sender  " + shown(given) + ", sent as " +
           style.toned(shown(sent), Tone::good) + "\n";
}

/// What follows the name of a field, folding and all on one line.
std::string body_of(const std::string& line)
{
    const auto colon = line.find(':');
    std::string body = colon == std::string::npos ? line : line.substr(colon + 1);
    for (char& c : body)
        if (c == '\r' || c == '\n' || c == '\t') c = ' ';
    body.erase(0, body.find_first_not_of(' '));
    return cut_to(shown(body), kWidestField);
}

std::string actions_text(const Json& verdict, const Style& style)
{
    const Json& actions = list_of(verdict, "actions");
    std::vector<std::vector<std::string>> rows;
    for (const Json& action : actions) {
        if (rows.size() == kMostActionsTold) break;
        const std::string word = text_of(action, "action");
        rows.push_back({"  " + style.toned(shown(word), Tone::good),
                        cut_to(shown(text_of(action, "header")), 40),
                        shown(text_of(action, "reason")), body_of(text_of(action, "line"))});
    }
    std::string text = table_of(rows);
    const auto more = actions.size() - rows.size() + number_of(verdict, "more_actions");
    if (more > 0) text += "  … and " + std::to_string(more) + " more fields\n";
    return text;
}

/// The excerpt with the value marked, where it is told where it stands on sound borders.
std::string excerpt_text(const Json& finding, const Style& style)
{
    const std::string excerpt = text_of(finding, "excerpt");
    const Json& mark = list_of(finding, "mark");
    const bool has_mark =
        mark.size() == 2 && mark[0].is_number_unsigned() && mark[1].is_number_unsigned();
    const auto begin = has_mark ? mark[0].get<std::uint64_t>() : 0;
    const auto end = has_mark ? mark[1].get<std::uint64_t>() : 0;
    if (begin >= end || end > excerpt.size()) return shown(excerpt);
    return shown(excerpt.substr(0, begin)) +
           style.marked(shown(excerpt.substr(begin, end - begin))) + shown(excerpt.substr(end));
}

std::string finding_text(const Json& finding, const Style& style)
{
    const std::string effect = text_of(finding, "effect");
    std::string text =
        "  " + style.toned(shown(effect), effect == "holds" ? Tone::bad : Tone::warning);
    text += "  " + shown(text_of(finding, "value")) + " (" + shown(text_of(finding, "kind"));
    if (is_true(finding, "learned")) text += ", learned";
    if (const std::string form = text_of(finding, "form"); form != "plain")
        text += ", " + shown(form);
    text += ") in " + style.toned(shown(text_of(finding, "place")), Tone::strong);
    if (const std::string stream = text_of(finding, "stream"); stream != "raw")
        text += ", " + shown(stream);
    text += ", octet " + std::to_string(number_of(finding, "offset"));
    if (is_true(finding, "signed")) text += ", signed";
    std::string excerpt = "         " + excerpt_text(finding, style);
    excerpt.erase(excerpt.find_last_not_of(' ') + 1);
    return text + "\n" + excerpt + "\n";
}

}  // namespace

std::string verdict_text(const Json& verdict, const Style& style)
{
    std::string text = sender_text(verdict, style) + actions_text(verdict, style);
    for (const Json& finding : list_of(verdict, "findings")) text += finding_text(finding, style);
    if (const auto more = number_of(verdict, "more_findings"); more != 0)
        text += "  … and " + std::to_string(more) + " more findings\n";
    if (const std::string unknown = text_of(verdict, "unknown"); !unknown.empty())
        text +=
            "  " + style.toned("not read to its end", Tone::warning) + ": " + shown(unknown) + "\n";
    return text;
}

std::string verdict_word(const Json& verdict, const Style& style)
{
    const std::string word = text_of(verdict, "verdict");
    return style.toned(shown(word), word == "held" ? Tone::bad : Tone::good);
}

}  // namespace postmaster
