#include <doctest/doctest.h>

#include "postmaster/gate_report.h"

using namespace postmaster;

namespace
{

GateReportEntry from(const std::string& address, bool local_part_shows = false)
{
    GateReportEntry entry;
    entry.is_held = true;
    entry.addresses = {{address, local_part_shows}};
    return entry;
}

GateReportEntry showing(const std::string& value, const std::string& place, bool learned)
{
    GateReportEntry entry;
    entry.values = {{value, place, learned}};
    return entry;
}

/// The rules as they are now; the reports were made under these, or others.
mail::privacy::ScrubRules rules_now(const std::vector<std::string>& origin,
                                    const std::vector<std::string>& rewrite = {})
{
    mail::privacy::ScrubRules rules;
    for (const auto& text : origin) rules.origin.add(*mail::privacy::parse_origin_value(text));
    for (const auto& rule : rewrite) REQUIRE(rules.senders.add(rule));
    return rules;
}

const mail::privacy::ScrubRules kNow = rules_now({"web1.internal"});

std::vector<std::string> lines(const std::vector<GateReportEntry>& entries,
                               std::string_view domain = "shop.example",
                               const mail::privacy::ScrubRules& rules = kNow)
{
    std::vector<std::string> all;
    for (const Suggestion& one : suggestions(entries, domain, rules)) all.push_back(one.line);
    return all;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE("postmaster/gate_suggestions")
{
    TEST_CASE("a sender that shows the origin gets a rewrite, with the mails counted, most first")
    {
        const auto got = suggestions({from("root@web1.internal"), from("www-data@web1.internal"),
                                      from("www-data@WEB1.internal")},
                                     "shop.example", kNow);
        REQUIRE(got.size() == 2);
        CHECK(got[0] == Suggestion{"rewrite = www-data@web1.internal=www-data@shop.example", 2});
        CHECK(got[1] == Suggestion{"rewrite = root@web1.internal=root@shop.example", 1});
    }

    TEST_CASE("a mail that shows one sender in two places is one mail")
    {
        GateReportEntry entry = from("root@web1.internal");
        entry.addresses.push_back({"root@WEB1.internal", false});
        CHECK(suggestions({entry}, "shop.example", kNow)[0].mails == 1);
    }

    TEST_CASE("three senders of a domain, and marked ones (VERP), get a line for the domain")
    {
        CHECK(lines({from("a@web1.internal"), from("b@web1.internal"), from("c@web1.internal")}) ==
              Lines{"rewrite = @web1.internal=@shop.example"});
        CHECK(lines({from("bounce+ann=x.example@web1.internal")}) ==
              Lines{"rewrite = @web1.internal=@shop.example"});
    }

    TEST_CASE("a local part that shows the origin by itself is not taken over")
    {
        CHECK(lines({from("www-data@web1.internal", true)}) ==
              Lines{"rewrite = www-data@web1.internal=app@shop.example"});
    }

    TEST_CASE("senders without a domain get rewrites, three of them the default domain")
    {
        CHECK(lines({from("root")}) == Lines{"rewrite = root=root@shop.example"});
        CHECK(lines({from("root"), from("cron"), from("www-data")}) ==
              Lines{"default-domain = shop.example"});
    }

    TEST_CASE("without a public domain the line cannot be taken over by mistake")
    {
        CHECK(lines({from("root@web1.internal")}, "") ==
              Lines{"rewrite = root@web1.internal=root@<your domain>"});
    }

    TEST_CASE("a learned value is for the operator to name; what he named, no line can help")
    {
        CHECK(lines({showing("203.0.113.7", "text", true),
                     showing("203.0.113.7", "Subject", true)}) == Lines{"origin = 203.0.113.7"});
        const auto got = lines({showing("web1.internal", "text", false)});
        REQUIRE(got.size() == 1);
        CHECK(got[0].starts_with("# web1.internal in text"));
    }

    TEST_CASE("what the rules map or name by now is not asked for again")
    {
        const auto now = rules_now({"203.0.113.7"}, {"@web1.internal=@shop.example"});
        CHECK(lines({from("root@web1.internal"), from("root@web2.internal")}, "shop.example",
                    now) == Lines{"rewrite = root@web2.internal=root@shop.example"});
        CHECK(lines({showing("203.0.113.7", "text", true)}, "shop.example", now).empty());
        // and what the operator does not name any more holds nothing
        CHECK(lines({showing("web1.internal", "text", false)}, "shop.example", now).empty());

        auto with_default = now;
        with_default.senders.set_default_domain("shop.example");
        CHECK(
            lines({from("root"), from("cron"), from("ann")}, "shop.example", with_default).empty());
    }

    TEST_CASE("only the mails of the last day count")
    {
        std::vector<GateReportEntry> entries(4);
        const char* const times[] = {"2026-11-19T09:00:00Z", "2026-11-20T08:59:59Z",
                                     "2026-11-20T09:00:00Z", "2026-11-21T08:00:00Z"};
        for (std::size_t i = 0; i < entries.size(); ++i) entries[i].time = times[i];
        const auto left = entries_since(entries, "2026-11-20T09:00:00Z");
        REQUIRE(left.size() == 2);
        CHECK(left[0].time == times[2]);
        CHECK(kSuggestionWindow == std::chrono::hours(24));
    }

    TEST_CASE("of lines for as many mails, those that help come first")
    {
        const auto got =
            lines({showing("web1.internal", "text", false), from("root@web1.internal")});
        REQUIRE(got.size() == 2);
        CHECK(got[0].starts_with("rewrite"));
        CHECK(got[1].starts_with("#"));
    }

    TEST_CASE("nothing of a mail can become a line of its own, or leave its line")
    {
        for (const char* hostile :
             {"a@b\norigin = x", "a b@web1.internal", "a@web1.internal # x",
              "\x1b[31m@web1.internal", "a\"@web1.internal", "", "\xc3\xa9@web1.internal"}) {
            CAPTURE(hostile);
            CHECK(lines({from(hostile)}).empty());
            CHECK(lines({showing(hostile, "text", true)}).empty());
        }
        CHECK(lines({showing("web1.internal", "a\nb", false)})[0].find('\n') == std::string::npos);
    }
}
