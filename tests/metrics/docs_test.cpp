/// docs/metrics.md and what the programs can show: the same names.
#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "postman/metrics/exposition.h"
#include "postmaster/metrics_text.h"
#include "postoffice/metrics_text.h"

namespace
{

using Names = std::set<std::string>;

void add_names(Names& names, const std::string& text, const char* pattern)
{
    const std::regex name(pattern);
    for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at)
        names.insert((*at)[1]);
}

/// With something to show of each.
Names shown()
{
    postoffice::ConnectionCounts connections;
    connections.refusals.add(postoffice::replies::too_big());
    postoffice::SpoolState spool;
    spool.room = mail::Room{};
    const postoffice::http::IntakeCounts http;
    postmaster::Situation situation;
    situation.shelves = mail::ShelfCounts{};
    situation.room = mail::Room{};
    postman::Totals totals;
    totals.recipients["sendmail"]["delivered"] = 1;
    Names names;
    for (const std::string& text :
         {postoffice::metrics_text({}, connections, spool, &http),
          postmaster::metrics_text(situation),
          postman::metrics_text(totals, {}, {{"a@b.example", "google", 0, false}})})
        add_names(names, text, "# TYPE (\\S+) \\w+\n");
    return names;
}

Names documented()
{
    std::ifstream file(METRICS_PAGE);
    std::stringstream text;
    text << file.rdbuf();
    Names names;
    add_names(names, text.str(), "\n\\| `(post\\w+_\\w+)` \\|");
    return names;
}

}  // namespace

TEST_SUITE("docs/metrics.md")
{
    TEST_CASE("each metric of the three programs is on the page, and no other")
    {
        const Names on_page = documented();
        const Names in_programs = shown();
        CHECK(in_programs.size() > 30);
        for (const std::string& name : in_programs)
            CHECK_MESSAGE(on_page.count(name) == 1, name << " is not on the page");
        for (const std::string& name : on_page)
            CHECK_MESSAGE(in_programs.count(name) == 1, name << " is shown by no program");
    }
}
