/// The power is cut before every step of the spool's calls; then the machine starts again and
/// looks.
#include <doctest/doctest.h>

#include <fstream>
#include <new>
#include <thread>

#include "common/spool/directory_hand_out.h"
#include "common/spool/directory_intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace mail;
using std::chrono::seconds;

namespace
{

constexpr int kMoreStepsThanAnyCall = 200;

/// A machine with a spool on a disk that forgets.
struct Machine {
    Machine() { files.make_real_directories = true; }
    SpoolId commit(std::vector<std::string> recipients = {"r1@d.example", "r2@d.example"})
    {
        auto intake = DirectoryIntake::open({directory.path(), 1, true}, files, clock);
        REQUIRE(intake);
        const auto id =
            (*intake)->commit({{"s@x.example", std::move(recipients)}, "Subject: x\r\n\r\nx\r\n"});
        REQUIRE(id);
        return *id;
    }
    std::unique_ptr<DirectoryHandOut> open()
    {
        auto hand_out = DirectoryHandOut::open({directory.path(), true}, files, clock);
        REQUIRE(hand_out);
        return std::move(*hand_out);
    }
    Lease lend(DirectoryHandOut& hand_out)
    {
        std::vector<Loan> loans;
        for (const Pick& pick : hand_out.next(50)) {
            const auto record = hand_out.read(pick);
            REQUIRE(record);
            loans.push_back({pick, hand_out.lendable(pick, record->envelope)});
        }
        const auto lease = hand_out.lease(loans, seconds(900));
        REQUIRE(lease);
        return *lease;
    }
    /// Runs `call` with the power lasting for `steps`; true if it returned before the cut.
    template <class Call>
    bool lasts(int steps, const Call& call)
    {
        files.cut_after(steps);
        try {
            call();
        } catch (const test::PowerCut&) {
        }
        const bool lasted = !files.is_off();
        files.restart();
        return lasted;
    }
    bool is_in(const char* where, const SpoolId& id)
    {
        return files.has(directory.path() + "/" + where + "/" + id.hex() + ".json");
    }
    bool all_messages_are_sound()
    {
        for (const std::string& name : files.names_in(directory.path() + "/messages"))
            if (!decode_record(*files.read_all(directory.path() + "/messages/" + name, 1 << 20),
                               SpoolLayout::parse(name)->id))
                return false;
        return true;
    }

    test::TemporaryDirectory directory;
    test::MemoryFiles files;
    test::ManualClock clock;
};

}  // namespace

TEST_SUITE("common/spool/power_cut")
{
    TEST_CASE("a start that throws while its watcher waits for the journal ends all the same")
    {
        Machine machine;
        machine.commit();
        int steps = 0;
        machine.files.before_step = [&] {
            if (++steps != 12) return;  // behind the directories' syncs, in the journal's opening
            std::ofstream(machine.directory.path() + "/messages/" + std::string(32, 'a') + ".json");
            std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the watcher sees it
            throw std::bad_alloc();
        };
        CHECK_THROWS_AS(machine.open(), std::bad_alloc);
    }

    TEST_CASE(
        "a mail that was settled before its name was durable is answered 250, not stored again")
    {
        for (const auto& [kind, shelf] :
             {std::pair(OutcomeKind::delivered, ""), std::pair(OutcomeKind::failed, "/failed"),
              std::pair(OutcomeKind::held, "/held")}) {
            const std::string where = shelf;
            CAPTURE(where);
            Machine machine;
            auto intake = DirectoryIntake::open({machine.directory.path(), 1, true}, machine.files,
                                                machine.clock);
            REQUIRE(intake);
            auto hand_out = DirectoryHandOut::open(
                {.root = machine.directory.path(), .unsafe_spool = true, .is_watched = false},
                machine.files, machine.clock);
            REQUIRE(hand_out);
            bool is_settled = false;
            // The name is seen as soon as it is there, and all goes well for postmaster.
            machine.files.before_step = [&, kind = kind] {
                const auto names = machine.files.names_in(machine.directory.path() + "/messages");
                if (is_settled || names.empty()) return;
                is_settled = true;
                REQUIRE((*hand_out)->look_again());
                const auto id = SpoolLayout::parse(names[0])->id;
                REQUIRE((*hand_out)->settle(machine.lend(**hand_out).token, {{id, kind, {}, "x"}}));
                machine.files.fail_after(0, EIO, false, "sync");
            };
            const auto id =
                (*intake)->commit({{"s@x.example", {"r@d.example"}}, "Subject: x\r\n\r\nx\r\n"});
            REQUIRE(is_settled);
            CHECK(id);
            machine.files.before_step = nullptr;
            machine.files.restart();
            CHECK(machine.files.names_in(machine.directory.path() + "/messages").empty());
            if (id && !where.empty())
                CHECK(machine.files.has(machine.directory.path() + where + "/" + id->hex() +
                                        ".json"));
        }
    }

    TEST_CASE("after commit returns, the mail survives a power cut, octets and name")
    {
        Machine machine;
        const SpoolId id = machine.commit();
        machine.files.restart();
        CHECK(machine.is_in("messages", id));
        CHECK(machine.all_messages_are_sound());
    }

    TEST_CASE("a cut before any step of commit leaves earlier mail, and no half one")
    {
        bool lasted = false;
        for (int steps = 0; !lasted; ++steps) {
            CAPTURE(steps);
            REQUIRE(steps < kMoreStepsThanAnyCall);
            Machine machine;
            const SpoolId earlier = machine.commit();
            SpoolId later;
            lasted = machine.lasts(steps, [&] { later = machine.commit(); });
            CHECK(machine.is_in("messages", earlier));
            CHECK(machine.all_messages_are_sound());
            if (lasted) CHECK(machine.is_in("messages", later));
            // The next start clears the debris and still finds everything.
            machine.commit();
            CHECK(machine.files.names_in(machine.directory.path() + "/incoming").empty());
            CHECK(machine.open()->next(50).size() ==
                  (lasted ? 3
                          : machine.files.names_in(machine.directory.path() + "/messages").size()));
        }
    }

    TEST_CASE("a cut before any step of a lease: the mail is lent under that token, or waits")
    {
        bool lasted = false;
        for (int steps = 0; !lasted; ++steps) {
            CAPTURE(steps);
            REQUIRE(steps < kMoreStepsThanAnyCall);
            Machine machine;
            const SpoolId id = machine.commit();
            std::string token;
            lasted = machine.lasts(steps, [&] { token = machine.lend(*machine.open()).token; });
            CHECK(machine.is_in("messages", id));
            auto hand_out = machine.open();
            const bool waits = !hand_out->next(50).empty();
            if (lasted) {
                CHECK_FALSE(waits);
                CHECK(hand_out->settle(token, {{id, OutcomeKind::delivered, {}, ""}})->settled ==
                      std::vector{id});
            }
        }
    }

    TEST_CASE(
        "a cut before any step of an outcome: what was said is kept, what was not comes again")
    {
        const struct {
            OutcomeKind second;
            const char* where;
        } rows[] = {{OutcomeKind::delivered, nullptr},
                    {OutcomeKind::failed, "failed"},
                    {OutcomeKind::held, "held"},
                    {OutcomeKind::deferred, "messages"}};
        for (const auto& row : rows) {
            bool lasted = false;
            for (int steps = 0; !lasted; ++steps) {
                CAPTURE(steps);
                CAPTURE(static_cast<int>(row.second));
                REQUIRE(steps < kMoreStepsThanAnyCall);
                Machine machine;
                const SpoolId id = machine.commit();
                auto hand_out = machine.open();
                const Lease lease = machine.lend(*hand_out);
                lasted = machine.lasts(steps, [&] {
                    const auto settled = hand_out->settle(
                        lease.token, {{id, OutcomeKind::delivered, {"r1@d.example"}, ""},
                                      {id, row.second, {"r2@d.example"}, "no"}});
                    REQUIRE((settled || machine.files.is_off()));
                });
                hand_out.reset();
                const int places = machine.is_in("messages", id) + machine.is_in("failed", id) +
                                   machine.is_in("held", id);
                if (lasted && row.where == nullptr)
                    CHECK(places == 0);
                else if (lasted)
                    CHECK(machine.is_in(row.where, id));
                // Never lost, unless its last recipient was delivered; between two directory syncs
                // it may be in both.
                if (row.second != OutcomeKind::delivered) CHECK(places >= 1);
                hand_out = machine.open();
                machine.clock.advance(seconds(900));
                const auto picks = hand_out->next(50);
                for (const Pick& pick : picks) {
                    const auto record = hand_out->read(pick);
                    REQUIRE(record);
                    const auto again = hand_out->lendable(pick, record->envelope);
                    CHECK(again.back() == "r2@d.example");
                    if (lasted) CHECK(again.size() == 1);
                }
                hand_out->put_back(picks);
                // The courier says the same once more, and the mail ends in one place.
                const Lease second = machine.lend(*hand_out);
                REQUIRE(hand_out->settle(second.token, {{id, OutcomeKind::failed, {}, "no"}}));
                CHECK(machine.is_in("messages", id) + machine.is_in("failed", id) +
                          machine.is_in("held", id) <=
                      1);
            }
        }
    }

    TEST_CASE(
        "the journal outlives its checkpoints: a cut before any step of an opening keeps the "
        "leases")
    {
        bool lasted = false;
        for (int steps = 0; !lasted; ++steps) {
            CAPTURE(steps);
            REQUIRE(steps < kMoreStepsThanAnyCall);
            Machine machine;
            machine.commit();
            const std::string token = machine.lend(*machine.open()).token;
            lasted = machine.lasts(steps, [&] { machine.open(); });
            auto hand_out = machine.open();
            CHECK(hand_out->next(50).empty());
            CHECK(hand_out->renew(token, seconds(900)));
        }
    }
}
