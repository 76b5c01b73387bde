#include <doctest/doctest.h>

#include "postmaster/queue_text.h"
#include "tests/postmaster/queue_desk.h"

using namespace postmaster;
using namespace postmaster::test;
using nlohmann::json;

namespace
{

/// What each command answers for a mail in each state: 0 done, 1 refused.
struct Row {
    const char* command;
    int waiting, leased, deferred, held, failed, corrupt;
};
// clang-format off
constexpr Row kRows[] = {
    {"release", 1, 1, 1, 0, 1, 1},
    {"retry",   0, 0, 0, 1, 0, 1},
    {"hold",    0, 1, 0, 1, 1, 1},
    {"bury",    0, 1, 0, 0, 1, 1},
    {"drop",    0, 1, 0, 0, 0, 1},
};
// clang-format on

}  // namespace

TEST_SUITE("postmaster/queue_steering")
{
    TEST_CASE("each command does its work in its states, and refuses in words in the others")
    {
        for (const Row& row : kRows) {
            const std::pair<const char*, int> cells[] = {
                {"waiting", row.waiting}, {"leased", row.leased}, {"deferred", row.deferred},
                {"held", row.held},       {"failed", row.failed}, {"corrupt", row.corrupt}};
            for (const auto& cell : cells) {
                const auto& state = cell.first;
                const auto& code = cell.second;
                CAPTURE(row.command);
                CAPTURE(state);
                QueueDesk desk;
                desk.fill();
                const CommandAnswer answer = desk.commands.run({row.command, {desk.hex(state)}});
                CHECK(answer.exit_code == code);
                CHECK(answer.lines.size() == (code == 0 ? 1 : 0));
                CHECK(answer.complaints.size() == (code == 0 ? 0 : 1));
                CHECK(queue_text(row.command, answer, {}).empty() == (code != 0));
                const auto mail = desk.spool.find(desk.ids[state]);
                const bool gone = code == 0 && row.command == std::string("drop");
                CHECK(bool(mail) != gone);
                if (code != 0) CHECK(desk.all({"list"}).size() == 6);
            }
        }
    }

    TEST_CASE_FIXTURE(QueueDesk, "what is grave wants a beginning of 12 digits at least")
    {
        for (const char* command : {"drop", "bury", "hold"}) {
            CAPTURE(command);
            QueueDesk desk;
            const SpoolId id = desk.spool.add(content());
            const CommandAnswer answer = desk.commands.run({command, {id.hex().substr(0, 11)}});
            CHECK(answer.exit_code == 64);
            REQUIRE(answer.complaints.size() == 1);
            CHECK(answer.complaints[0].find("too short for this: give 12 digits") !=
                  std::string::npos);
            CHECK(desk.spool.waits(id));
            CHECK(desk.commands.run({command, {id.hex().substr(0, 12)}}).exit_code == 0);
            CHECK_FALSE(desk.spool.waits(id));
        }
    }

    TEST_CASE_FIXTURE(QueueDesk, "a look, a retry and a release through the gate take fewer digits")
    {
        const SpoolId id = spool.add(content());
        const std::string few = id.hex().substr(0, 8);
        CHECK(commands.run({"show", {few}}).exit_code == 0);
        CHECK(commands.run({"retry", {few}}).exit_code == 0);
        REQUIRE(commands.run({"hold", {id.hex()}}).exit_code == 0);
        CHECK(commands.run({"release", {few}, true}).exit_code == 64);
        CHECK(spool.held.contains(id));
        CHECK(commands.run({"release", {few}}).exit_code == 0);
        CHECK(spool.waits(id));
    }

    TEST_CASE_FIXTURE(QueueDesk, "who held or buried it is said with the mail")
    {
        fill();
        REQUIRE(commands.run({"hold", {hex("waiting")}}).exit_code == 0);
        REQUIRE(commands.run({"bury", {hex("held"), hex("deferred")}}).exit_code == 0);
        CHECK(spool.held.at(ids["waiting"]) == "held by the operator");
        CHECK(spool.failed.at(ids["held"]) == "buried by the operator");
        CHECK(spool.failed.at(ids["deferred"]) == "buried by the operator");
    }

    TEST_CASE_FIXTURE(QueueDesk, "retry all makes deferred mail due, and wakes no dead letter")
    {
        fill();
        std::vector<SpoolId> more;
        for (int i = 0; i < 3; ++i) more.push_back(lend("deferred"));
        const CommandAnswer answer = commands.run({"retry", {"all"}});
        CHECK(answer.exit_code == 0);
        CHECK(json::parse(answer.lines.at(0))["due"] == 4);
        for (const SpoolId& id : more) CHECK(spool.find(id)->state == mail::QueueState::waiting);
        CHECK(spool.find(ids["failed"])->state == mail::QueueState::failed);
        CHECK(spool.find(ids["held"])->state == mail::QueueState::held);
    }

    TEST_CASE_FIXTURE(QueueDesk,
                      "retry all takes few mails at once where they have many recipients")
    {
        std::vector<std::string> many;
        for (int i = 0; i < 3000; ++i) many.push_back("r" + std::to_string(i) + "@d.example");
        for (int i = 0; i < 3; ++i) {
            const SpoolId id = spool.add(content(), many);
            const auto lease = spool.lease({{*spool.pick(id), many}}, seconds(900));
            REQUIRE(spool.settle(lease->token,
                                 {{id, mail::OutcomeKind::deferred, {}, "later", seconds(300)}}));
        }
        const CommandAnswer first = commands.run({"retry", {"all"}});
        CHECK(json::parse(first.lines.at(0))["due"] == 2);
        CHECK_FALSE(first.cursor.empty());
        CHECK(all({"retry", {"all"}}).at(0)["due"] == 1);
    }

    TEST_CASE_FIXTURE(QueueDesk, "hold and resume without ids stop all hand-out, and say what was")
    {
        spool.add(content());
        const CommandAnswer stopped = commands.run({"hold"});
        CHECK(stopped.exit_code == 0);
        CHECK(json::parse(stopped.lines.at(0))["changed"] == true);
        CHECK(queue_text("hold", stopped, {}).starts_with("hand-out is stopped since 20"));
        CHECK(spool.next(1).empty());
        CHECK(json::parse(commands.run({"hold"}).lines.at(0))["changed"] == false);
        const CommandAnswer resumed = commands.run({"resume"});
        CHECK(queue_text("resume", resumed, {}) == "hand-out goes on\n");
        CHECK(spool.next(1).size() == 1);
        CHECK(queue_text("resume", commands.run({"resume"}), {}) == "hand-out was not stopped\n");
    }

    TEST_CASE_FIXTURE(QueueDesk, "a disk that does not take it is 75, and the mail is as before")
    {
        fill();
        spool.fail_writes(true);
        CHECK(commands.run({"retry", {hex("failed")}}).exit_code == 75);
        CHECK(commands.run({"drop", {hex("waiting")}}).exit_code == 75);
        CHECK(all({"list"}).size() == 6);
        CHECK(commands.run({"hold"}).exit_code == 75);
        CHECK_FALSE(spool.stopped_since().has_value());
        CHECK(commands.run({"retry", {"all"}}).exit_code == 75);
    }
}
