/// The commit journal under power cuts and faults before every step, of commits, checkpoints and
/// replays.
#include "common/spool/journaled_intake.h"

#include <doctest/doctest.h>

#include <map>
#include <random>

#include "common/spool/directory_hand_out.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace mail;

namespace
{

constexpr int kMoreStepsThanAnyCall = 400;
constexpr CommitJournalOptions kSmallJournal{.file_bytes = 64 * 1024,
                                             .checkpoint_after = std::chrono::milliseconds(0)};

Message some_mail(int number, std::size_t bytes = 20)
{
    return {{"s@x.example", {"r@d.example"}},
            "Subject: " + std::to_string(number) + "\r\n\r\n" + std::string(bytes, 'x') + "\r\n"};
}

struct Machine {
    Machine() { files.make_real_directories = true; }

    Result<std::unique_ptr<JournaledIntake>> try_open()
    {
        return JournaledIntake::open({directory.path(), 1, true}, files, clock, kSmallJournal);
    }
    void open()
    {
        intake.reset();
        auto opened = try_open();
        REQUIRE(opened);
        intake = std::move(*opened);
        REQUIRE(intake->together_up_to() > 0);
    }
    /// What was answered with 250 is in `answered`.
    int commit(int count, std::size_t bytes = 20)
    {
        std::vector<Message> messages;
        for (int i = 0; i < count; ++i) messages.push_back(some_mail(next + i, bytes));
        const int first = std::exchange(next, next + count);
        int taken = 0;
        const auto results = intake->commit_all(std::move(messages));
        for (int i = 0; i < count; ++i)
            if (results[i]) answered[*results[i]] = some_mail(first + i, bytes).content, ++taken;
        return taken;
    }
    /// The power lasts for `steps` of `call`, and comes back; true if the call returned before.
    template <class Call>
    bool lasts(int steps, const Call& call, const test::MemoryFiles::Chance& chance = {})
    {
        files.cut_after(steps);
        try {
            call();
        } catch (const test::PowerCut&) {
        }
        const bool lasted = !files.is_off();
        intake.reset();
        files.restart(chance);
        return lasted;
    }
    std::string path(const std::string& where, const SpoolId& id) const
    {
        return directory.path() + "/" + where + "/" + id.hex() + ".json";
    }
    bool is_whole(const std::string& where, const SpoolId& id, const std::string& content)
    {
        const auto json = files.read_all(path(where, id), 1 << 20);
        const auto record = json ? decode_record(*json, id) : Error{};
        return record && record->content == content;
    }
    void check_answered_are_there()
    {
        for (const auto& [id, content] : answered) CHECK(is_whole("messages", id, content));
        for (const std::string& name : files.names_in(directory.path() + "/messages")) {
            const SpoolId id = SpoolLayout::parse(name)->id;
            CHECK(decode_record(*files.read_all(path("messages", id), 1 << 20), id));
        }
        CHECK(files.names_in(directory.path() + "/incoming").empty());
    }

    test::TemporaryDirectory directory;
    test::MemoryFiles files;
    test::ManualClock clock;
    std::unique_ptr<JournaledIntake> intake;
    std::map<SpoolId, std::string> answered;
    int next = 1;
};

/// Calls check(machine, steps) with a new machine for each number of steps until it says true.
template <class Check>
void at_every_step(const Check& check)
{
    for (int steps = 0;; ++steps) {
        CAPTURE(steps);
        REQUIRE(steps < kMoreStepsThanAnyCall);
        Machine machine;
        if (check(machine, steps)) return;
    }
}

}  // namespace

TEST_SUITE("common/spool/journaled_intake")
{
    TEST_CASE("a group is one sync, and its files lie in messages/ when it is answered")
    {
        Machine machine;
        machine.open();
        const int syncs = machine.files.syncs;
        CHECK(machine.commit(10) == 10);
        CHECK(machine.files.syncs == syncs + 1);
        machine.check_answered_are_there();
    }

    TEST_CASE("what was answered survives a power cut at once, and the next start has its files")
    {
        Machine machine;
        machine.open();
        machine.commit(3);
        machine.commit(1);
        machine.intake.reset();
        machine.files.restart();
        CHECK(machine.files.names_in(machine.directory.path() + "/messages").empty());
        // Without a journal of its own, too: the spool is as it always was.
        REQUIRE(DirectoryIntake::open({machine.directory.path(), 1, true}, machine.files));
        machine.check_answered_are_there();
        CHECK_FALSE(machine.files.has(machine.directory.path() + "/state/commits.0"));
        machine.files.restart();
        machine.open();
        machine.check_answered_are_there();
    }

    TEST_CASE(
        "a power cut before any step of a commit: whole or nothing, and earlier mail is there")
    {
        at_every_step([](Machine& machine, int steps) {
            machine.open();
            machine.commit(2);
            const bool lasted = machine.lasts(steps, [&] { machine.commit(3); });
            machine.open();
            machine.check_answered_are_there();
            return lasted;
        });
    }

    TEST_CASE("a power cut before any step of a checkpoint loses nothing")
    {
        at_every_step([](Machine& machine, int steps) {
            machine.open();
            machine.commit(2);
            const bool lasted = machine.lasts(steps, [&] {
                static_cast<void>(machine.intake->checkpoint());  // REQUIRE would catch the cut
                machine.commit(1);
                static_cast<void>(machine.intake->checkpoint());
                machine.commit(1);
            });
            machine.open();
            machine.check_answered_are_there();
            return lasted;
        });
    }

    TEST_CASE("a power cut before any step of a replay, and of the replay after it")
    {
        at_every_step([](Machine& machine, int steps) {
            machine.open();
            machine.commit(2);
            REQUIRE(machine.intake->checkpoint());
            machine.commit(2);
            machine.intake.reset();
            machine.files.restart();
            const bool lasted = machine.lasts(steps, [&] { machine.open(); });
            machine.lasts(steps / 2, [&] { machine.open(); });
            machine.open();
            machine.check_answered_are_there();
            return lasted;
        });
    }

    TEST_CASE("after a checkpoint the journal brings nothing back")
    {
        Machine machine;
        machine.open();
        machine.commit(2);
        REQUIRE(machine.intake->checkpoint());
        const SpoolId gone = machine.answered.begin()->first;
        REQUIRE(machine.files.unlink(machine.path("messages", gone)));
        REQUIRE(machine.files.sync_dir(machine.directory.path() + "/messages"));
        machine.commit(1);
        machine.intake.reset();
        machine.files.restart();
        machine.answered.erase(gone);
        machine.open();
        machine.check_answered_are_there();
        CHECK_FALSE(machine.files.has(machine.path("messages", gone)));
    }

    TEST_CASE("mails that postmaster has moved stay where they are, and are whole there")
    {
        for (const std::string where : {"held", "failed", "state/handed"}) {
            CAPTURE(where);
            Machine machine;
            machine.open();
            machine.commit(2);
            const auto [id, content] = *machine.answered.begin();
            const std::string day = where == "state/handed" ? "20261120-" : "";
            const std::string moved =
                machine.directory.path() + "/" + where + "/" + day + id.hex() + ".json";
            REQUIRE(machine.files.rename_new(machine.path("messages", id), moved));
            REQUIRE(machine.files.sync_dir(machine.directory.path() + "/" + where));
            REQUIRE(machine.files.sync_dir(machine.directory.path() + "/messages"));
            machine.intake.reset();
            machine.files.restart();
            CHECK(machine.files.text(moved).empty());  // its octets were never synced
            machine.open();
            CHECK_FALSE(machine.files.has(machine.path("messages", id)));
            const auto record = decode_record(machine.files.durable_text(moved), id);
            REQUIRE(record);
            CHECK(record->content == content);
            machine.answered.erase(id);
            machine.check_answered_are_there();
        }
    }

    TEST_CASE(
        "what went to corrupt/ only because a crash tore it waits again; what was whole stays")
    {
        for (const bool is_torn : {true, false}) {
            CAPTURE(is_torn);
            Machine machine;
            machine.open();
            machine.commit(1);
            const SpoolId id = machine.answered.begin()->first;
            const std::string json = machine.files.text(machine.path("messages", id));
            REQUIRE(machine.files.unlink(machine.path("messages", id)));
            machine.files.set_text(machine.path("corrupt", id), is_torn ? "" : json);
            machine.open();
            CHECK(machine.files.has(machine.path("messages", id)) == is_torn);
            CHECK(machine.files.has(machine.path("corrupt", id)));
        }
    }

    TEST_CASE("a journal that is full makes room by checkpoints, and stays as large as it is")
    {
        Machine machine;
        machine.open();
        const std::string first = machine.directory.path() + "/state/commits.0";
        const auto size = machine.files.text(first).size();
        for (int i = 0; i < 60; ++i) CHECK(machine.commit(2, 3000) == 2);
        CHECK(machine.files.text(first).size() == size);
        machine.intake.reset();
        machine.files.restart();
        machine.open();
        machine.check_answered_are_there();
    }

    TEST_CASE("large mails, and groups that no journal holds, go the directory's way")
    {
        Machine machine;
        machine.open();
        CHECK(machine.commit(1, JournaledIntake::kTogetherUpTo) == 1);
        CHECK(machine.commit(5, 30'000) == 5);
        machine.intake.reset();
        machine.files.restart();
        machine.open();
        machine.check_answered_are_there();
    }

    TEST_CASE(
        "every fault before every step of a commit: what was answered holds, the next goes on")
    {
        for (const int fault : {EIO, ENOSPC})
            for (const bool for_good : {false, true})
                at_every_step([&](Machine& machine, int steps) {
                    CAPTURE(fault);
                    CAPTURE(for_good);
                    machine.open();
                    machine.commit(1);
                    machine.files.fail_after(steps, fault, for_good);
                    const int before = machine.files.steps_taken();
                    machine.commit(3);
                    const bool was_after = machine.files.steps_taken() - before <= steps;
                    machine.files.end_faults();
                    if (!for_good) CHECK(machine.commit(2) == 2);
                    CHECK(machine.files.repeated_syncs == 0);
                    machine.intake.reset();
                    machine.files.restart();
                    machine.open();
                    machine.check_answered_are_there();
                    return was_after;
                });
    }

    TEST_CASE("a failed checkpoint ends the intake, and the next start replays")
    {
        at_every_step([](Machine& machine, int steps) {
            machine.open();
            machine.commit(2);
            machine.files.fail_after(steps, EIO);
            const bool held = machine.intake->checkpoint().has_value();
            machine.files.end_faults();
            CHECK(machine.intake->is_lost() == !held);
            if (!held) {
                CHECK_FALSE(machine.intake->has_room());
                CHECK(machine.commit(1) == 0);
            }
            machine.intake.reset();
            machine.files.begin_process();
            machine.open();
            machine.intake.reset();
            machine.files.restart();
            machine.open();
            machine.check_answered_are_there();
            return held;
        });
    }

    TEST_CASE("a start that cannot replay fails, and the one after it can")
    {
        at_every_step([](Machine& machine, int steps) {
            machine.open();
            machine.commit(2);
            machine.intake.reset();
            machine.files.restart();
            machine.files.fail_after(steps, EIO);
            const bool opened = machine.try_open().has_value();
            machine.files.end_faults();
            machine.files.begin_process();
            machine.open();
            machine.check_answered_are_there();
            return opened && machine.intake->together_up_to() > 0 && steps > 60;
        });
    }

    TEST_CASE("where there is no room for a journal, each mail is synced by itself")
    {
        Machine machine;
        machine.files.fail_after(0, ENOSPC, false, "create");
        auto opened = machine.try_open();
        REQUIRE(opened);
        CHECK((*opened)->together_up_to() == 0);
        machine.intake = std::move(*opened);
        CHECK(machine.commit(2) == 2);
        machine.intake.reset();
        machine.files.restart();
        machine.check_answered_are_there();
    }

    TEST_CASE(
        "any order of commits, checkpoints and power cuts that keep some of what was unsynced")
    {
        for (unsigned seed = 1; seed <= 300; ++seed) {
            CAPTURE(seed);
            std::mt19937 random(seed);
            const auto chance = [&](std::uint64_t bound) { return random() % bound; };
            Machine machine;
            machine.files.syncs_half_renames = seed % 2 == 0;
            machine.open();
            for (int cuts = 0; cuts < 4; ++cuts) {
                machine.lasts(
                    static_cast<int>(random() % 60),
                    [&] {
                        for (int i = 0; i < 8; ++i) {
                            machine.commit(1 + static_cast<int>(random() % 4), random() % 6000);
                            if (random() % 4 == 0) static_cast<void>(machine.intake->checkpoint());
                        }
                    },
                    chance);
                if (random() % 2 == 0)
                    machine.lasts(
                        static_cast<int>(random() % 30), [&] { machine.open(); }, chance);
                machine.open();
                machine.check_answered_are_there();
            }
        }
    }

    TEST_CASE(
        "an empty journal leaves the spool as it was without one: postmaster reads it as ever")
    {
        Machine machine;
        machine.open();
        machine.commit(3);
        auto hand_out = DirectoryHandOut::open({machine.directory.path(), true, false},
                                               machine.files, machine.clock);
        REQUIRE(hand_out);
        CHECK((*hand_out)->next(50).size() == 3);
    }
}
