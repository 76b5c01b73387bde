#include "postmaster/gate.h"

#include <algorithm>
#include <vector>

#include "common/clock.h"
#include "common/log.h"
#include "common/privacy/message_view.h"
#include "common/privacy/place_words.h"

namespace postmaster
{

using mail::Pick;
using mail::Record;
using mail::privacy::Finding;
using mail::privacy::Inspection;
using mail::privacy::Region;
namespace log = mail::log;

namespace
{

constexpr std::size_t kMostPlaces = 5;

std::string places_of(const std::vector<Finding>& findings)
{
    std::vector<std::string> seen;
    for (const Finding& finding : findings) {
        std::string words = words_for(finding.place);
        if (std::find(seen.begin(), seen.end(), words) != seen.end()) continue;
        if (seen.size() == kMostPlaces) break;
        seen.push_back(std::move(words));
    }
    std::string all;
    for (const std::string& words : seen) all += (all.empty() ? "" : "; ") + words;
    return all;
}

HeldFor class_of(const Inspection& inspection)
{
    const auto holds = [](const Finding& one) { return one.effect == Finding::Effect::holds; };
    const auto first = std::find_if(inspection.findings.begin(), inspection.findings.end(), holds);
    if (first == inspection.findings.end()) return HeldFor::unknown;
    switch (first->place.region) {
        case Region::envelope:
            return HeldFor::envelope;
        case Region::header:
            return HeldFor::header;
        case Region::attachment:
            return HeldFor::attachment;
        default:
            return HeldFor::text;
    }
}

Stop stop_of(const Inspection& inspection)
{
    return {class_of(inspection), inspection.reason,
            inspection.findings.size() + inspection.more_findings, places_of(inspection.findings)};
}

/// Something was seen, and the mail goes all the same.
void warn(std::string_view event, const Pick& pick, const Inspection& inspection)
{
    const Stop would = stop_of(inspection);
    log::warning(event, {{"id", pick.id.hex()},
                         {"reason", would.reason.empty() ? inspection.unknown : would.reason},
                         {"findings", would.findings},
                         {"places", would.places}});
}

/// Up to the first empty line, with it.
std::size_t header_bytes(std::string_view content)
{
    const auto end = content.find("\r\n\r\n");
    return end == std::string_view::npos ? content.size() : end + 4;
}

/// What may be lent. The subject is the one that the scrubbed header shows, and no other.
Record lendable_record(Record record, Inspection inspection)
{
    record.content = std::move(inspection.content);
    record.sha256 = mail::sha256_hex(record.content);
    record.subject = mail::privacy::decoded_subject(record.content);
    record.envelope.reverse_path = std::move(inspection.envelope.reverse_path);
    return record;
}

}  // namespace

std::string_view name_of(HeldFor why) noexcept
{
    switch (why) {
        case HeldFor::envelope:
            return "origin value in envelope";
        case HeldFor::header:
            return "origin value in header";
        case HeldFor::text:
            return "origin value in text";
        case HeldFor::attachment:
            return "origin value in attachment";
        case HeldFor::unknown:
            return "unknown";
        case HeldFor::loop:
            return "loop";
    }
    return "";
}

Gate::Gate(mail::privacy::InspectionRules rules, LoopGuard* loops, GateReport* report)
    : rules_(std::move(rules)), loops_(loops), report_(report)
{
}

Judgement Gate::judge(const Pick& pick, Record record)
{
    // The guard reads the fields that the scrub takes away: they stay, and no more, since a large
    // mail is in memory often enough.
    std::string content = std::move(record.content);
    record.content = loops_ == nullptr ? "" : content.substr(0, header_bytes(content));
    Inspection inspection = mail::privacy::inspect(std::move(content), record.envelope, rules_);
    Judgement judgement;
    judgement.changed = inspection.changes;
    judgement.stop = stop_for(pick, record, inspection);
    judgement.record = lendable_record(std::move(record), std::move(inspection));
    return judgement;
}

std::optional<Stop> Gate::stop_for(const Pick& pick, const Record& record,
                                   const Inspection& inspection)
{
    if (pick.as_is) return std::nullopt;
    if (loops_ != nullptr) {
        const unsigned passages =
            loops_->passages(pick.id, record.envelope, record.content, inspection.content);
        if (passages > LoopGuard::kMostPassages)
            return Stop{
                HeldFor::loop,
                "loop: back from the courier, passage " + std::to_string(passages) + " in 24 hours",
                0, "Received"};
    }
    if (lets_pass(pick, inspection)) return std::nullopt;
    return stop_of(inspection);
}

/// Says what was seen of a mail that goes.
bool Gate::lets_pass(const Pick& pick, const Inspection& inspection)
{
    const bool is_held = inspection.verdict == Inspection::Verdict::held;
    if (report_ == nullptr && is_held) return false;
    if (report_ != nullptr) {
        const auto now = mail::rfc3339(mail::system_clock().wall());
        const auto entry = entry_of(pick.id, now, inspection, *rules_.search);
        if (entry && report_->note(*entry))
            warn(is_held ? "mail would be held" : "mail shows something", pick, inspection);
    } else if (!inspection.findings.empty() || !inspection.unknown.empty()) {
        warn("mail shows something", pick, inspection);
    }
    return true;
}

HeldCounts Gate::held() const
{
    HeldCounts counts{};
    std::copy(held_.begin(), held_.end(), counts.begin());
    return counts;
}

}  // namespace postmaster
