#include "common/privacy/inspection.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/privacy/excerpt.h"
#include "common/privacy/finding_list.h"
#include "common/privacy/gate_policy.h"
#include "common/privacy/place_words.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestValue = 60;  // in a reason

/// One line for the log and the queue.
std::string reason_for(const Inspection& inspection)
{
    const auto holds = [](const Finding& f) { return f.effect == Finding::Effect::holds; };
    const auto& findings = inspection.findings;
    const auto first = std::find_if(findings.begin(), findings.end(), holds);
    if (first == findings.end()) return "cannot be read to its end: " + inspection.unknown;
    const auto others = static_cast<std::size_t>(std::count_if(first, findings.end(), holds)) - 1 +
                        inspection.more_findings;
    return shown(std::string_view(first->value.value).substr(0, kLongestValue)) + " in " +
           words_for(first->place) +
           (others == 0 ? "" : ", and " + std::to_string(others) + " more");
}

/// The streams of one field, told as those of the envelope.
class EnvelopeSink : public StreamSink
{
public:
    explicit EnvelopeSink(StreamSink& sink) : sink_(sink) {}

    void begin(const Place& place) override
    {
        sink_.begin({place.stream, Region::envelope, {}, {}, {}, 0, false});
    }
    void feed(std::string_view octets) override { sink_.feed(octets); }
    void end() override { sink_.end(); }

private:
    StreamSink& sink_;
};

/// An address is looked into as the body of a field would be; VERP hides others in it.
void read_reverse_path(const std::string& path, StreamSink& sink, const InspectionRules& rules)
{
    if (path.empty()) return;
    sink.begin({Stream::raw, Region::envelope, {}, {}, {}, 0, false});
    sink.feed(path);
    sink.end();
    auto streams = rules.streams;
    streams.reset(static_cast<std::size_t>(Stream::raw));
    EnvelopeSink envelope(sink);
    (void)read_streams("X:" + path + "\r\n\r\n", envelope, rules.limits, streams);
}

/// Looks into everything that would leave.
void search(Inspection& inspection, const InspectionRules& rules)
{
    FindingList list(*rules.search);
    read_reverse_path(inspection.envelope.reverse_path, list, rules);
    auto read = read_streams(inspection.content, list, rules.limits, rules.streams);
    inspection.findings = list.taken();
    inspection.more_findings = list.more();
    if (!read.is_complete && inspection.unknown.empty()) inspection.unknown = std::move(read.why);
}

bool is_held(const Inspection& inspection, const InspectionRules& rules)
{
    const auto& findings = inspection.findings;
    const bool unknown_holds = !inspection.unknown.empty() && rules.on_unknown == OnUnknown::hold &&
                               has_named(rules.search->values());
    return unknown_holds || std::any_of(findings.begin(), findings.end(), [](const auto& finding) {
               return finding.effect == Finding::Effect::holds;
           });
}

}  // namespace

Inspection inspect(std::string content, const Envelope& envelope, const InspectionRules& rules)
{
    Inspection inspection;
    auto scrubbed = scrub(std::move(content), rules.scrub);
    inspection.content = std::move(scrubbed.content);
    inspection.actions = std::move(scrubbed.actions);
    inspection.more_actions = scrubbed.more_actions;
    inspection.changes = scrubbed.changes;
    inspection.unknown = std::move(scrubbed.incomplete);
    inspection.envelope = envelope;
    if (auto mapped = rules.scrub.senders.mapped(envelope.reverse_path))
        inspection.envelope.reverse_path = *std::move(mapped);

    const bool is_changed = inspection.changes > 0 || !(inspection.envelope == envelope);
    inspection.verdict = is_changed ? Inspection::Verdict::cleaned : Inspection::Verdict::clean;
    if (rules.search == nullptr || !has_weight(rules.search->values())) return inspection;

    search(inspection, rules);
    if (is_held(inspection, rules)) {
        inspection.verdict = Inspection::Verdict::held;
        inspection.reason = reason_for(inspection);
    }
    return inspection;
}

}  // namespace mail::privacy
