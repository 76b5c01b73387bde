/// Queue commands on a spool in memory, with a mail in each state.
#pragma once

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "postmaster/queue_commands.h"
#include "tests/postmaster/gate_rules.h"
#include "tests/support/memory_hand_out.h"

namespace postmaster::test
{

using mail::SpoolId;
using std::chrono::seconds;

struct QueueDesk {
    mail::test::ManualClock clock;
    mail::test::MemoryHandOut spool{clock};
    mail::privacy::InspectionRules rules = test::rules_of(test::settings_with({"web1.internal"}));
    QueueCommands commands{spool, rules};
    std::map<std::string, SpoolId> ids;  // by state

    static std::string content() { return "Subject: hi\r\n\r\nbody\r\n"; }

    SpoolId lend(const std::string& state)
    {
        const SpoolId id = spool.add(content());
        const auto pick = spool.pick(id);
        REQUIRE(pick);
        const auto lease = spool.lease({{*pick, {"ann@example.org"}}}, seconds(900));
        REQUIRE(lease);
        if (state == "deferred")
            REQUIRE(spool.settle(
                lease->token, {{id, mail::OutcomeKind::deferred, {}, "451 later", seconds(300)}}));
        return id;
    }
    void fill()
    {
        ids["waiting"] = spool.add(content());
        for (const char* state : {"leased", "deferred"}) ids[state] = lend(state);
        for (const char* state : {"held", "failed", "corrupt"}) {
            ids[state] = spool.add(content());
            const auto pick = spool.pick(ids[state]);
            REQUIRE(pick);
            REQUIRE((state == std::string("held")     ? spool.hold(*pick, "web1 in Subject")
                     : state == std::string("failed") ? spool.bury(*pick, "too old")
                                                      : spool.quarantine(*pick, "torn")));
        }
    }
    std::string hex(const char* state) const { return ids.at(state).hex(); }

    /// The lines of all pages.
    std::vector<nlohmann::json> all(CommandCall call)
    {
        std::vector<nlohmann::json> lines;
        for (;;) {
            const CommandAnswer answer = commands.run(call);
            CHECK(answer.exit_code == 0);
            for (const std::string& line : answer.lines)
                lines.push_back(nlohmann::json::parse(line));
            if (answer.cursor.empty()) return lines;
            call.cursor = answer.cursor;
        }
    }
};

}  // namespace postmaster::test
