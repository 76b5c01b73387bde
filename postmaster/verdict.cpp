#include "postmaster/verdict.h"

#include <nlohmann/json.hpp>

#include "common/privacy/place_words.h"
#include "common/privacy/utf8.h"

namespace postmaster
{
namespace
{

using mail::privacy::Finding;
using mail::privacy::Inspection;
using mail::privacy::OriginSearch;
using mail::privacy::OriginValue;
using mail::privacy::ScrubAction;

constexpr std::size_t kLongestLine = 200;  // octets of a field that are told

std::string word_of(Inspection::Verdict verdict)
{
    switch (verdict) {
        case Inspection::Verdict::cleaned:
            return "cleaned";
        case Inspection::Verdict::held:
            return "held";
        case Inspection::Verdict::clean:
            break;
    }
    return "clean";
}

std::string word_of(ScrubAction::Kind kind)
{
    switch (kind) {
        case ScrubAction::Kind::rewritten:
            return "rewritten";
        case ScrubAction::Kind::signature_dropped:
            return "signature dropped";
        case ScrubAction::Kind::would_drop:
            return "would be dropped";
        case ScrubAction::Kind::dropped:
            break;
    }
    return "dropped";
}

/// Where in the excerpt it stands; null where the excerpt does not show it as it was found.
Json mark_of(const Finding& finding, const OriginSearch* search)
{
    if (search == nullptr) return nullptr;
    for (const auto& hit : search->find(finding.excerpt, finding.place.region))
        if (hit.value < search->values().all().size() &&
            search->values().all()[hit.value] == finding.value)
            return {hit.begin, hit.end};
    return nullptr;
}

Json action_json(const ScrubAction& action)
{
    const std::string line(std::string_view(action.line).substr(0, kLongestLine));
    return {{"action", word_of(action.kind)},
            {"header", action.header},
            {"offset", action.offset},
            {"reason", action.reason},
            {"line", line}};
}

Json finding_json(const Finding& finding, const OriginSearch* search)
{
    Json json = {{"effect", finding.effect == Finding::Effect::holds ? "holds" : "warns"},
                 {"value", finding.value.value},
                 {"kind", kind_word(finding.value.kind)},
                 {"learned", finding.value.learned},
                 {"form", form_name(finding.form)},
                 {"place", words_for(finding.place)},
                 {"stream", stream_name(finding.place.stream)},
                 {"header", finding.place.header},
                 {"part", finding.place.part},
                 {"member", finding.place.member},
                 {"begins", finding.place.offset},
                 {"offset", finding.offset},
                 {"signed", finding.place.is_signed},
                 {"excerpt", finding.excerpt}};
    if (Json mark = mark_of(finding, search); !mark.is_null()) json["mark"] = std::move(mark);
    return json;
}

}  // namespace

std::string kind_word(OriginValue::Kind kind)
{
    switch (kind) {
        case OriginValue::Kind::address:
            return "address";
        case OriginValue::Kind::network:
            return "network";
        case OriginValue::Kind::host:
            return "host";
        case OriginValue::Kind::suffix:
            return "suffix";
        case OriginValue::Kind::user:
            return "user";
        case OriginValue::Kind::path:
            return "path";
        case OriginValue::Kind::text:
            break;
    }
    return "text";
}

Json verdict_json(const Inspection& inspection, const mail::Envelope& given,
                  const OriginSearch* search)
{
    Json json = {{"verdict", word_of(inspection.verdict)},
                 {"reason", inspection.reason},
                 {"sender", given.reverse_path},
                 {"sent_as", inspection.envelope.reverse_path},
                 {"unknown", inspection.unknown},
                 {"actions", Json::array()},
                 {"more_actions", inspection.more_actions},
                 {"findings", Json::array()},
                 {"more_findings", inspection.more_findings}};
    for (const ScrubAction& action : inspection.actions)
        json["actions"].push_back(action_json(action));
    for (const Finding& finding : inspection.findings)
        json["findings"].push_back(finding_json(finding, search));
    return json;
}

std::string json_line(const Json& json)
{
    return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string text_of(const Json& json, const char* member)
{
    if (!json.is_object()) return {};
    const auto found = json.find(member);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace postmaster
