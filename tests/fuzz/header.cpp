/// Any bytes: the header is read whole, the scrub changes what it lists and nothing else, and a
/// second scrub finds nothing more to do.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "common/privacy/message_view.h"
#include "common/privacy/scrub.h"
#include "tests/privacy/fidelity.h"

using namespace mail::privacy;

namespace
{

ScrubRules rules_for(bool has_public_domain)
{
    ScrubRules rules;
    rules.message_id_key = "key";
    if (has_public_domain) rules.public_domain = "shop.example";
    for (const auto* text : {"web1.corp.example", "*.hidden.example", "10.0.0.0/8", "www-data"}) {
        rules.origin.add(*parse_origin_value(text));
    }
    return rules;
}

void demand(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

void check_view(std::string_view content)
{
    const auto view = view_message(content);
    std::size_t end = 0;
    for (const auto& field : view.fields) {
        demand(field.offset == end, "fields follow each other without a gap");
        demand(field.raw == content.substr(end, field.raw.size()), "a field is where it says");
        end += field.raw.size();
    }
    demand(view.header.size() == end, "the header is its fields");
    demand(content.ends_with(view.body), "the body is the rest");
    demand(content.size() - end - view.body.size() <= 2, "an empty line at most is between them");
}

void check_scrub(std::string_view content, const ScrubRules& rules)
{
    const auto once = scrub(std::string(content), rules);
    const auto difference = mail::test::difference_beyond_actions(content, once);
    demand(difference.empty() || once.more_actions > 0, difference.c_str());
    demand(scrub(once.content, rules).content == once.content, "a second scrub finds nothing");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto with_domain = rules_for(true);
    static const auto without_domain = rules_for(false);
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    check_view(content);
    check_scrub(content, with_domain);
    check_scrub(content, without_domain);
    return 0;
}
