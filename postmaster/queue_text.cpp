#include "postmaster/queue_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "postmaster/verdict.h"

namespace postmaster
{
namespace
{

constexpr std::size_t kShortestId = 12;
constexpr std::size_t kWidestAddress = 40;
constexpr std::size_t kWidestSubject = 48;
constexpr std::size_t kWidestReason = 60;

std::vector<Json> objects_of(const CommandAnswer& answer)
{
    std::vector<Json> objects;
    for (const std::string& line : answer.lines) {
        Json json = Json::parse(line, nullptr, false);
        if (json.is_object()) objects.push_back(std::move(json));
    }
    return objects;
}

/// As many digits of an id as tell these mails apart.
std::size_t telling_digits(const std::vector<Json>& mails)
{
    std::vector<std::string> ids;
    for (const Json& mail : mails) ids.push_back(text_of(mail, "id"));
    std::sort(ids.begin(), ids.end());
    std::size_t digits = kShortestId;
    for (std::size_t i = 1; i < ids.size(); ++i) {
        const auto differ =
            std::mismatch(ids[i].begin(), ids[i].end(), ids[i - 1].begin(), ids[i - 1].end());
        digits = std::max<std::size_t>(digits,
                                       static_cast<std::size_t>(differ.first - ids[i].begin()) + 1);
    }
    return digits;
}

std::string address(const std::string& text)
{
    return text.empty() ? "<>" : cut_to(shown(text), kWidestAddress);
}

std::string recipients(const Json& mail)
{
    const auto list = mail.find("to");
    if (list == mail.end() || !list->is_array() || list->empty() || !list->front().is_string())
        return "";
    std::string text = address(list->front().get<std::string>());
    const auto count = mail.find("recipients");
    if (count == mail.end() || !count->is_number_unsigned()) return text;
    const auto more = count->get<std::uint64_t>();
    return more > 1 ? text + " +" + std::to_string(more - 1) : text;
}

std::string held_text(const std::vector<Json>& mails, const Style& style)
{
    if (mails.empty()) return "No mail is held.\n";
    const std::size_t digits = telling_digits(mails);
    std::vector<std::vector<std::string>> rows;
    for (const char* head : {"ID", "HELD SINCE", "FROM", "TO", "SUBJECT", "REASON"}) {
        if (rows.empty()) rows.emplace_back();
        rows.front().push_back(style.toned(head, Tone::strong));
    }
    for (const Json& mail : mails) {
        const bool broken = mail.contains("error");
        rows.push_back({shown(text_of(mail, "id")).substr(0, digits), shown(text_of(mail, "since")),
                        broken ? "?" : address(text_of(mail, "from")), recipients(mail),
                        cut_to(shown(text_of(mail, broken ? "error" : "subject")), kWidestSubject),
                        cut_to(shown(text_of(mail, "reason")), kWidestReason)});
    }
    return table_of(rows);
}

/// Reason, subject, envelope and times of one mail, a row each.
std::string head_text(const Json& mail)
{
    std::vector<std::vector<std::string>> rows;
    const auto add = [&](const char* name, const char* member) {
        if (const std::string value = text_of(mail, member); !value.empty())
            rows.push_back({std::string("  ") + name, shown(value)});
    };
    add("reason", "reason");
    add("record", "error");
    add("came", "came");
    add("next try", "next_try");
    add("with a courier until", "leased_until");
    if (mail.contains("from")) rows.push_back({"  from", address(text_of(mail, "from"))});
    const auto list = mail.find("to");
    if (list != mail.end() && list->is_array())
        for (const Json& one : *list) {
            const std::string why = text_of(one, "reason");
            rows.push_back({"  to", shown(text_of(one, "address")) + "  " +
                                        shown(text_of(one, "status")) +
                                        (why.empty() ? "" : ": " + shown(why))});
        }
    add("subject", "subject");
    return table_of(rows);
}

std::string shown_mail_text(const Json& mail, const Style& style)
{
    std::string text = style.toned(shown(text_of(mail, "id")), Tone::strong) + "  " +
                       shown(text_of(mail, "state")) + " since " + shown(text_of(mail, "since")) +
                       "\n" + head_text(mail);
    const auto now = mail.find("now");
    if (now == mail.end() || !now->is_object()) return text;
    text += "by the rules as they are now: " + verdict_word(*now, style);
    if (const std::string reason = text_of(*now, "reason"); !reason.empty())
        text += ", " + shown(reason);
    return text + "\n" + verdict_text(*now, style);
}

std::string released_text(const Json& mail)
{
    const auto as_is = mail.find("as_is");
    const bool passes = as_is != mail.end() && as_is->is_boolean() && as_is->get<bool>();
    return shown(text_of(mail, "id")) +
           (passes ? " waits again, and goes as it is\n"
                   : " waits again; the gate judges it by the rules as they are now\n");
}

std::string retried_text(const Json& mail)
{
    const std::string state = text_of(mail, "state");
    return shown(text_of(mail, "id")) +
           (state == "failed"    ? " waits again, for those that failed\n"
            : state == "waiting" ? " is due already\n"
            : state == "leased"  ? " is with a courier; who is not in his hands is due now\n"
                                 : " is due now\n");
}

std::string held_back_text(const Json& mail)
{
    if (!mail.contains("stopped"))
        return shown(text_of(mail, "id")) + " is held; postmaster queue release lets it go\n";
    return "hand-out is stopped since " + shown(text_of(mail, "stopped_since")) +
           ", mail is still taken in; postmaster queue resume lets it go on\n";
}

std::string resumed_text(const Json& line)
{
    const auto changed = line.find("changed");
    const bool was_stopped = changed != line.end() && changed->is_boolean() && changed->get<bool>();
    return was_stopped ? "hand-out goes on\n" : "hand-out was not stopped\n";
}

std::string buried_text(const Json& mail)
{
    return shown(text_of(mail, "id")) + " is failed; postmaster queue retry takes it up again\n";
}

std::string dropped_text(const Json& mail)
{
    return shown(text_of(mail, "id")) + " dropped: from " + address(text_of(mail, "from")) + ", " +
           cut_to(shown(text_of(mail, "subject")), kWidestSubject) + "\n";
}

}  // namespace

std::string queue_text(const std::string& command, const CommandAnswer& answer, const Style& style)
{
    const std::vector<Json> mails = objects_of(answer);
    if (command == "held") return answer.exit_code == 0 ? held_text(mails, style) : "";
    constexpr std::pair<std::string_view, std::string (*)(const Json&)> kTexts[] = {
        {"release", released_text}, {"retry", retried_text}, {"hold", held_back_text},
        {"resume", resumed_text},   {"bury", buried_text},   {"drop", dropped_text},
    };
    std::string text;
    for (const Json& mail : mails) {
        if (command == "show") text += shown_mail_text(mail, style);
        for (const auto& [name, text_of_one] : kTexts)
            if (name == command) text += text_of_one(mail);
    }
    return text;
}

}  // namespace postmaster
