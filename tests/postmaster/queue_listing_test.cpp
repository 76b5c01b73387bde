#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "common/base64.h"
#include "postmaster/queue_output.h"
#include "postmaster/queue_state.h"
#include "postmaster/queue_tally.h"
#include "tests/postmaster/queue_desk.h"

using namespace postmaster;
using namespace postmaster::test;
using nlohmann::json;

namespace
{

CommandCall list_of(std::vector<std::string> states)
{
    CommandCall call{"list"};
    call.states = std::move(states);
    return call;
}

CommandCall show_as(const char* form, const std::string& id)
{
    CommandCall call{"show", {id}};
    call.form = form;
    return call;
}

}  // namespace

TEST_SUITE("postmaster/queue_listing")
{
    TEST_CASE_FIXTURE(QueueDesk,
                      "a line has the members of postqueue -j, and our words beside them")
    {
        fill();
        const auto lines = all({"list"});
        REQUIRE(lines.size() == 6);
        const char* kNames[] = {"incoming", "active", "deferred", "hold", "failed", "corrupt"};
        const char* kStates[] = {"waiting", "leased", "deferred", "held", "failed", "corrupt"};
        for (std::size_t i = 0; i < 6; ++i) {
            CAPTURE(lines[i].dump());
            CHECK(lines[i]["queue_name"] == kNames[i]);
            CHECK(lines[i]["state"] == kStates[i]);
            CHECK(lines[i]["queue_id"] == hex(kStates[i]));
            CHECK(lines[i]["forced_expire"] == false);
            for (const char* member : {"arrival_time", "message_size", "sender", "recipients"})
                CHECK(lines[i].contains(member));
        }
        CHECK(lines[0]["sender"] == "web@app.example");
        CHECK(lines[0]["message_size"] == content().size());
        CHECK(lines[0]["recipients"] == json::array({{{"address", "ann@example.org"}}}));
        CHECK(lines[2]["recipients"][0]["delay_reason"] == "451 later");
        CHECK(lines[2]["next_try"].is_number());
        CHECK(lines[3]["recipients"][0]["delay_reason"] == "web1 in Subject");
        CHECK(lines[5].contains("error"));
        CHECK_FALSE(lines[0].contains("error"));
    }

    TEST_CASE_FIXTURE(QueueDesk, "only the states that are asked for")
    {
        fill();
        for (const char* state : {"waiting", "leased", "deferred", "held", "failed", "corrupt"}) {
            const auto lines = all(list_of({state}));
            REQUIRE(lines.size() == 1);
            CHECK(lines[0]["queue_id"] == hex(state));
        }
        CHECK(all(list_of({"held", "failed"})).size() == 2);
        CHECK(commands.run(list_of({"burning"})).exit_code == 64);
    }

    TEST_CASE_FIXTURE(QueueDesk, "an answer is bounded, and its cursor goes on where it ended")
    {
        std::vector<std::string> added;
        for (int i = 0; i < 450; ++i) added.push_back(spool.add(content()).hex());
        CommandCall call{"list"};
        const CommandAnswer first = commands.run(call);
        CHECK(first.lines.size() == 200);
        CHECK_FALSE(first.cursor.empty());
        std::vector<std::string> told;
        for (const json& line : all(call)) told.push_back(line["queue_id"]);
        CHECK(told == added);
        call.cursor = "nonsense";
        CHECK(commands.run(call).exit_code == 64);
    }

    TEST_CASE_FIXTURE(QueueDesk, "held mail is told in bounded answers as well, and no other mail")
    {
        std::vector<std::string> added;
        for (int i = 0; i < 450; ++i) {
            added.push_back(spool.add(content()).hex());
            REQUIRE(spool.hold(*spool.pick(*SpoolId::parse(added.back())), "why"));
            if (i % 3 == 0) spool.add(content());
        }
        const CommandAnswer first = commands.run({"held"});
        CHECK(first.lines.size() == 200);
        CHECK_FALSE(first.cursor.empty());
        std::vector<std::string> told;
        for (const json& line : all({"held"})) told.push_back(line["id"]);
        CHECK(told == added);
    }

    TEST_CASE_FIXTURE(QueueDesk, "held mail is one table, however many answers it takes")
    {
        std::ostringstream out;
        CommandLine command;
        command.queue_command = "held";
        const OutputPlace place{out, false, {}, 0};
        const auto told = [&] {
            out.str("");
            const auto output = make_queue_output(command, place);
            CommandCall call{"held"};
            do {
                const CommandAnswer answer = commands.run(call);
                output->take(answer);
                call.cursor = answer.cursor;
            } while (!call.cursor.empty());
            output->end();
            return out.str();
        };
        CHECK(told() == "No mail is held.\n");
        for (int i = 0; i < 400; ++i) REQUIRE(spool.hold(*spool.pick(spool.add(content())), "why"));
        const std::string table = told();  // of three answers, the last without a line
        CHECK(std::count(table.begin(), table.end(), '\n') == 401);
        CHECK(table.rfind("HELD SINCE") == table.find("HELD SINCE"));
        CHECK(table.find("No mail") == std::string::npos);
    }

    TEST_CASE_FIXTURE(QueueDesk, "large mails make an answer shorter, not larger")
    {
        for (int i = 0; i < 9; ++i) spool.add(content() + std::string(10 << 20, 'x'));
        CHECK(commands.run({"list"}).lines.size() < 9);
        CHECK(all({"list"}).size() == 9);
    }

    TEST_CASE("a cursor comes back as it went, and nothing else is one")
    {
        const mail::QueuePlace place{1'795'163'247'123,
                                     *SpoolId::parse("018f0000000070008000000000000001"), true};
        CHECK(parse_cursor(encode_cursor(place)) == place);
        CHECK(parse_cursor("") == mail::QueuePlace{});
        for (const char* text :
             {"-", "1", "1-", "-018f0000000070008000000000000001", "1-018f",
              "x-018f0000000070008000000000000001", "1-018f0000000070008000000000000001-", "-o",
              "99999999999999999999999-018f0000000070008000000000000001"}) {
            CAPTURE(text);
            CHECK_FALSE(parse_cursor(text).has_value());
        }
    }

    TEST_CASE_FIXTURE(QueueDesk, "stats count mails and octets by state, and why mail is held")
    {
        fill();
        REQUIRE(spool.stop());
        QueueTally tally;
        for (const json& line : all({"stats"})) tally.add(Json::parse(line.dump()));
        const Json stats = tally.json();
        for (const char* state : {"waiting", "leased", "deferred", "held", "failed", "corrupt"})
            CHECK(stats["states"][state]["mails"] == 1);
        CHECK(stats["states"]["held"]["octets"] == content().size());
        CHECK(stats["leases"] == 2);  // the lease of the deferred mail has not ended here
        CHECK(stats["stopped"] == true);
        CHECK(stats["held_for"] == Json::array({{{"reason", "web1 in Subject"}, {"mails", 1}}}));
        CHECK(tally.text(0, {}).find("hand-out: stopped since 20") != std::string::npos);
    }

    TEST_CASE_FIXTURE(QueueDesk, "a stop is said beside the list")
    {
        REQUIRE(spool.stop());
        const CommandAnswer answer = commands.run({"list"});
        CHECK(answer.exit_code == 0);
        REQUIRE(answer.complaints.size() == 1);
        CHECK(answer.complaints[0].find("postmaster queue resume") != std::string::npos);
    }

    TEST_CASE_FIXTURE(QueueDesk, "show tells of mail in every state")
    {
        fill();
        for (const auto& [state, id] : ids) {
            const CommandAnswer answer = commands.run({"show", {id.hex()}});
            REQUIRE(answer.lines.size() == 1);
            const json line = json::parse(answer.lines[0]);
            CHECK(line["state"] == state);
            CHECK(line.contains(state == "corrupt" ? "error" : "now"));
        }
        const json deferred = json::parse(commands.run({"show", {hex("deferred")}}).lines[0]);
        CHECK(deferred["next_try"] == mail::rfc3339(clock.wall() + seconds(300)));
    }

    TEST_CASE_FIXTURE(QueueDesk, "the content is told octet by octet, piece by piece")
    {
        std::string octets = "Subject: \xff\x00 hi\r\n\r\n";
        for (int i = 0; i < 7 << 20; ++i) octets += static_cast<char>(i % 251);
        const SpoolId id = spool.add(octets);
        std::string got;
        std::size_t pieces = 0;
        for (const json& line : all(show_as("raw", id.hex()))) {
            got += *mail::base64_decode(line["base64"].get<std::string>());
            CHECK(line["octets"] == octets.size());
            ++pieces;
        }
        CHECK((got == octets));
        CHECK(pieces == 3);
    }

    TEST_CASE_FIXTURE(QueueDesk, "scrubbed is what would leave now; what would be held is said so")
    {
        const std::string received = "Received: from web1.internal by x; now\r\n";
        const SpoolId clean = spool.add(received + content());
        const SpoolId shows = spool.add("Subject: web1.internal\r\n\r\nbody\r\n");
        const CommandAnswer answer = commands.run(show_as("scrubbed", clean.hex()));
        CHECK(answer.exit_code == 0);
        REQUIRE(answer.lines.size() == 1);
        CHECK(mail::base64_decode(json::parse(answer.lines[0])["base64"].get<std::string>()) ==
              content());
        const CommandAnswer held = commands.run(show_as("scrubbed", shows.hex()));
        CHECK(held.exit_code == 1);
        CHECK(held.lines.size() == 1);
        CHECK(held.complaints.at(0) == "it would be held: web1.internal in Subject");
        CHECK(commands.run(show_as("burnt", clean.hex())).exit_code == 64);
        CommandCall two = show_as("raw", clean.hex());
        two.ids.push_back(shows.hex());
        CHECK(commands.run(two).exit_code == 64);
    }

    TEST_CASE_FIXTURE(QueueDesk, "a beginning is looked for among all mails")
    {
        fill();
        const std::string whole = hex("waiting");
        CHECK(commands.run({"show", {whole.substr(0, 31)}}).exit_code ==
              (whole.substr(0, 31) == hex("leased").substr(0, 31) ? 64 : 0));
        CHECK(commands.run({"show", {"0000"}}).exit_code == 64);
        CHECK(commands.run({"show", {"ffff"}}).exit_code == 66);
        CHECK(commands.run({"show", {std::string(32, 'f')}}).exit_code == 66);
    }
}
