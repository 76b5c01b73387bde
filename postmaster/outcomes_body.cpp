#include "postmaster/outcomes_body.h"

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Outcome;
using mail::OutcomeKind;
using mail::Result;
using nlohmann::json;

struct Word {
    OutcomeKind kind;
    std::string_view text;
};

constexpr Word kWords[] = {{OutcomeKind::delivered, "delivered"},
                           {OutcomeKind::deferred, "deferred"},
                           {OutcomeKind::failed, "failed"},
                           {OutcomeKind::held, "held"}};

/// Ends a parse from inside the parser's callback, and the reading of what it gave.
struct Unsound {
    std::string what;
};

/// Refuses depth and duplicate members while the text is still being parsed.
class Strictness
{
public:
    bool operator()(int depth, json::parse_event_t event, json& value)
    {
        if (event == json::parse_event_t::object_start ||
            event == json::parse_event_t::array_start) {
            if (depth >= kMaxJsonDepth) throw Unsound{"The JSON is nested too deeply."};
            if (event == json::parse_event_t::object_start) members_.emplace_back();
        } else if (event == json::parse_event_t::object_end) {
            members_.pop_back();
        } else if (event == json::parse_event_t::key) {
            if (!members_.back().insert(value.get_ref<const std::string&>()).second)
                throw Unsound{"A member is there twice."};
        }
        return true;
    }

private:
    std::vector<std::set<std::string>> members_;  // of the objects that are open
};

json parse_strictly(std::string_view text)
{
    Strictness strictness;
    json value =
        json::parse(text.begin(), text.end(), std::ref(strictness), /*allow_exceptions=*/false);
    if (value.is_discarded()) throw Unsound{"The body is no JSON."};
    return value;
}

const std::string& string_of(const json& value, const char* name)
{
    if (!value.is_string()) throw Unsound{std::string("`") + name + "` is a string."};
    return value.get_ref<const std::string&>();
}

mail::SpoolId id_of(const json& value)
{
    const auto id = mail::SpoolId::parse(string_of(value, "id"));
    if (!id) throw Unsound{"`id` is 32 lower-case hex digits."};
    return *id;
}

OutcomeKind kind_of(const json& value)
{
    const std::string& text = string_of(value, "outcome");
    for (const Word& word : kWords)
        if (word.text == text) return word.kind;
    throw Unsound{"`outcome` is delivered, deferred, failed or held."};
}

std::vector<std::string> recipients_of(const json& value)
{
    if (!value.is_array() || value.empty())
        throw Unsound{"`recipients` is a list that is not empty; leave it out for all."};
    std::vector<std::string> recipients;
    for (const json& one : value) recipients.push_back(string_of(one, "recipients"));
    return recipients;
}

std::chrono::seconds retry_after_of(const json& value)
{
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > kMaxRetryAfterSeconds)
        throw Unsound{"`retry_after` is a number of seconds, at most 604800."};
    return std::chrono::seconds(value.get<std::int64_t>());
}

/// Cut where a character ends.
std::string reason_of(const json& value)
{
    const std::string& text = string_of(value, "reason");
    std::size_t size = std::min(text.size(), kMaxReasonBytes);
    while (size > 0 && size < text.size() &&
           (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return text.substr(0, size);
}

Outcome outcome_of(const json& object)
{
    if (!object.is_object()) throw Unsound{"An outcome is an object."};
    if (!object.contains("id") || !object.contains("outcome"))
        throw Unsound{"An outcome has `id` and `outcome`."};
    Outcome outcome;
    for (const auto& [name, value] : object.items()) {
        if (name == "id")
            outcome.id = id_of(value);
        else if (name == "outcome")
            outcome.kind = kind_of(value);
        else if (name == "recipients")
            outcome.recipients = recipients_of(value);
        else if (name == "reason")
            outcome.reason = reason_of(value);
        else if (name == "retry_after")
            outcome.retry_after = retry_after_of(value);
        else
            throw Unsound{
                "An outcome has no other members than id, outcome, recipients, reason, "
                "retry_after."};
    }
    return outcome;
}

std::vector<Outcome> outcomes_of(const json& body)
{
    if (!body.is_object() || body.size() != 1 || !body.contains("outcomes") ||
        !body["outcomes"].is_array())
        throw Unsound{"The body is {\"outcomes\":[…]}."};
    std::vector<Outcome> outcomes;
    for (const json& one : body["outcomes"]) outcomes.push_back(outcome_of(one));
    return outcomes;
}

}  // namespace

Result<std::vector<Outcome>> parse_outcomes(std::string_view text)
{
    try {
        return outcomes_of(parse_strictly(text));
    } catch (const Unsound& fault) {
        return Error{ErrorKind::malformed, fault.what};
    }
}

std::string_view word_of(OutcomeKind kind) noexcept
{
    for (const Word& word : kWords)
        if (word.kind == kind) return word.text;
    return "unknown";
}

}  // namespace postmaster
