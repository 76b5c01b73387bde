/// Any bytes as a mail: the inspection comes to a verdict, a mail that may leave shows no value as
/// it is written, and a second inspection finds nothing more to do.
#include "common/privacy/inspection.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "common/privacy/ascii.h"
#include "tests/privacy/fidelity.h"
#include "tests/privacy/inspection_rules.h"

using namespace mail::privacy;

namespace
{

constexpr std::string_view kHost = "web1.corp.example";

void demand(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

InspectionRules rules_for_all()
{
    auto rules =
        mail::test::inspection_rules({std::string(kHost), "203.0.113.5", "www-data"},
                                     {{OriginValue::Kind::address, "10.0.0.5", true},
                                      {OriginValue::Kind::host, "origin.shop.example", true}});
    demand(rules.scrub.senders.add("@b.example=app@shop.example").has_value(), "the rule is sound");
    rules.limits.decoded_bytes = 1 << 20;
    rules.limits.parts = 100;
    return rules;
}

/// Does the value stand in the text, with no letter, digit or mark of a longer name beside it?
bool stands_in(std::string_view content)
{
    const auto text = lowered(content);
    for (auto at = text.find(kHost); at != text.npos; at = text.find(kHost, at + 1)) {
        const auto end = at + kHost.size();
        const bool begins = at == 0 || text[at - 1] == ' ' || text[at - 1] == '@';
        const bool ends = end == text.size() || text[end] == ' ' || text[end] == '\r';
        if (begins && ends) return true;
    }
    return false;
}

void check(const Inspection& once, const InspectionRules& rules)
{
    using Verdict = Inspection::Verdict;
    const bool is_held = once.verdict == Verdict::held;
    demand(is_held == !once.reason.empty(), "a held mail has a reason, and no other");
    demand(is_held || !stands_in(once.content), "what leaves shows no value");
    demand(is_held || !stands_in(once.envelope.reverse_path), "nor does its envelope");
    demand(once.findings.size() <= kMostFindings, "findings are bounded");
    for (const auto& finding : once.findings)
        demand(finding.excerpt.size() <= 3 * 80, "excerpts are short");

    const auto twice = inspect(once.content, once.envelope, rules);
    demand(twice.content == once.content, "a second inspection changes nothing");
    demand((twice.verdict == Verdict::held) == is_held, "and comes to the same verdict");
}

/// Without the sender map: what an address is in broken fields is a matter of taste.
void check_scrub(std::string_view content)
{
    static const auto rules = [] {
        auto without = rules_for_all();
        without.scrub.senders = SenderMap();
        return without;
    }();
    const auto scrubbed = scrub(std::string(content), rules.scrub);
    const auto difference = mail::test::difference_beyond_actions(content, scrubbed);
    demand(difference.empty() || scrubbed.more_actions > 0, difference.c_str());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto rules = rules_for_all();
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    const mail::Envelope envelope{
        std::string(content.substr(0, content.find_first_of("\r\n"))), {"ann@example.org"}, false};
    const auto once = inspect(std::string(content), envelope, rules);
    check(once, rules);
    check_scrub(content);
    return 0;
}
