#include "postmaster/queue_commands.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "postmaster/queue_text.h"
#include "tests/postmaster/gate_rules.h"
#include "tests/support/memory_hand_out.h"

using namespace postmaster;
using mail::SpoolId;
using nlohmann::json;

namespace
{

const std::string kMail = "Subject: hi\r\n\r\nbody\r\n";

struct Queue {
    mail::test::ManualClock clock;
    mail::test::MemoryHandOut spool{clock};
    mail::privacy::InspectionRules rules = test::rules_of(test::settings_with({"web1.internal"}));
    QueueCommands commands{spool, rules};

    SpoolId hold(const std::string& content = kMail, const std::string& reason = "why")
    {
        const SpoolId id = spool.add(content);
        REQUIRE(spool.hold(spool.next(1).front(), reason));
        return id;
    }
    SpoolId bury()
    {
        const SpoolId id = spool.add(kMail);
        REQUIRE(spool.bury(spool.next(1).front(), "too old"));
        return id;
    }
};

}  // namespace

TEST_SUITE("postmaster/queue_commands")
{
    TEST_CASE_FIXTURE(Queue, "held lists what is held, and nothing else")
    {
        const SpoolId id = hold();
        bury();
        spool.add(kMail);
        const CommandAnswer answer = commands.run({"held"});
        CHECK(answer.exit_code == 0);
        REQUIRE(answer.lines.size() == 1);
        const json line = json::parse(answer.lines[0]);
        CHECK(line["id"] == id.hex());
        CHECK(line["reason"] == "why");
        CHECK(line["from"] == "web@app.example");
        CHECK(line["to"] == json::array({"ann@example.org"}));
        CHECK(line["subject"] == "A subject");
    }

    TEST_CASE_FIXTURE(Queue, "show tells the envelope, the reason, and what the rules say now")
    {
        const SpoolId id = hold("Subject: on web1.internal\r\n\r\nx\r\n", "gate");
        const CommandAnswer answer = commands.run({"show", {id.hex()}});
        CHECK(answer.exit_code == 0);
        REQUIRE(answer.lines.size() == 1);
        const json line = json::parse(answer.lines[0]);
        CHECK(line["state"] == "held");
        CHECK(line["to"][0]["address"] == "ann@example.org");
        CHECK(line["now"]["verdict"] == "held");
        CHECK(line["now"]["findings"][0]["value"] == "web1.internal");
        CHECK(line["now"]["findings"][0]["header"] == "Subject");
    }

    TEST_CASE_FIXTURE(Queue, "release lets a mail wait again, through the gate or as it is")
    {
        const SpoolId a = hold(), b = hold();
        CHECK(commands.run({"release", {a.hex(), a.hex()}}).exit_code == 0);
        CHECK(commands.run({"release", {b.hex()}, true}).exit_code == 0);
        CHECK(spool.held.empty());
        CHECK(spool.as_is == std::set{b});
        const CommandAnswer again = commands.run({"release", {a.hex()}});
        CHECK(again.exit_code == 1);
        CHECK(again.complaints.at(0).ends_with("is waiting, not held"));
    }

    TEST_CASE_FIXTURE(Queue, "drop deletes held and failed mail")
    {
        const SpoolId a = hold(), b = bury();
        const CommandAnswer answer = commands.run({"drop", {a.hex(), b.hex()}});
        CHECK(answer.exit_code == 0);
        CHECK(answer.lines.size() == 2);
        CHECK(spool.held.empty());
        CHECK(spool.failed.empty());
    }

    TEST_CASE_FIXTURE(Queue, "one id that cannot be served does not stop the others")
    {
        const SpoolId a = hold(), b = bury();
        const CommandAnswer answer = commands.run({"release", {"xyz", "0abc", b.hex(), a.hex()}});
        CHECK(answer.exit_code == 66);
        CHECK(answer.complaints.size() == 3);
        CHECK(answer.lines.size() == 1);
        CHECK(spool.waits(a));
        CHECK(spool.failed.count(b) == 1);
    }

    TEST_CASE_FIXTURE(Queue, "a disk that does not take it is 75, and the mail stays")
    {
        const SpoolId id = hold();
        spool.fail_writes(true);
        CHECK(commands.run({"release", {id.hex()}}).exit_code == 75);
        CHECK(commands.run({"drop", {id.hex()}}).exit_code == 75);
        CHECK(spool.held.count(id) == 1);
    }

    TEST_CASE_FIXTURE(Queue, "a command that is none, or without the ids that it wants, is 64")
    {
        const SpoolId id = hold();
        for (const CommandCall& call :
             {CommandCall{"burn", {id.hex()}}, CommandCall{"drop"}, CommandCall{"held", {id.hex()}},
              CommandCall{"list", {id.hex()}}, CommandCall{"resume", {id.hex()}},
              CommandCall{"retry"}, CommandCall{"bury"}, CommandCall{""}}) {
            CAPTURE(call.command);
            CHECK(commands.run(call).exit_code == 64);
        }
        CHECK(spool.held.count(id) == 1);
    }

    TEST_CASE_FIXTURE(Queue, "what a mail says never steers the terminal, as text or as JSON")
    {
        const SpoolId id = hold(
            "Subject: web1.internal \x1b[2J\x9b\x31\xe2\x80\xae\r\n"
            "X-\x1b[1m: web1.internal\r\n\r\n\x1b]0;web1.internal\x07\r\n",
            "a\x1b[31m\xc2\x9bred\n");
        for (const char* command : {"held", "show", "release"}) {
            CommandCall call{command};
            if (call.command != "held") call.ids = {id.hex()};
            const CommandAnswer answer = commands.run(call);
            REQUIRE(answer.lines.size() == 1);
            const std::string text = queue_text(command, answer, {false}) + answer.lines[0];
            CAPTURE(text);
            for (const char c : text) CHECK((c == '\n' || static_cast<unsigned char>(c) >= 0x20));
            CHECK(text.find('\x7f') == std::string::npos);
            CHECK(text.find("\xc2\x9b") == std::string::npos);
            CHECK(text.find("\xe2\x80\xae") == std::string::npos);
        }
    }

    TEST_CASE("the list is a table, each id as long as tells it from the others")
    {
        const CommandAnswer answer{
            0,
            {R"({"id":"018f0000000070008000000000000001","since":"2026-11-20T08:27:27Z","reason":"web1 in Subject","from":"","recipients":3,"to":["ann@example.org","b@x"],"subject":"hi"})",
             R"({"id":"018f0000000070018000000000000001","since":"2026-11-20T09:27:27Z","reason":"why","error":"read record: sha256 differs"})"}};
        CHECK(queue_text("held", answer, {false}) ==
              "ID                HELD SINCE            FROM  TO                  SUBJECT           "
              "           REASON\n"
              "018f000000007000  2026-11-20T08:27:27Z  <>    ann@example.org +2  hi                "
              "           web1 in Subject\n"
              "018f000000007001  2026-11-20T09:27:27Z  ?                         read record: "
              "sha256 differs  why\n");
        CHECK(queue_text("held", {}, {false}) == "No mail is held.\n");
        CHECK(
            queue_text("show",
                       {0, {"[1", "{}", R"({"now":{"findings":[1,{"mark":[9,1]}],"actions":3}})"}},
                       {false})
                .size() > 0);
    }
}
