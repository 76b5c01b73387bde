/// Every call of the hand-out, with every fault before every one of its steps: the power cut, the
/// process killed, EIO and ENOSPC once and for good. After each, what is promised is looked at.
#include <doctest/doctest.h>

#include "common/spool/directory_hand_out.h"
#include "common/spool/directory_intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace mail;
using std::chrono::seconds;

namespace
{

constexpr int kMoreStepsThanAnyCall = 400;

enum class Fault { cut, kill, io, io_for_good, full, full_for_good };
constexpr Fault kFaults[] = {Fault::cut,         Fault::kill, Fault::io,
                             Fault::io_for_good, Fault::full, Fault::full_for_good};

/// A spool with three mails: the first is lent, the others wait; two recipients each.
struct Spool {
    Spool()
    {
        files.make_real_directories = true;
        auto intake = DirectoryIntake::open({directory.path(), 1, true}, files, clock);
        REQUIRE(intake);
        for (SpoolId& id : ids) {
            clock.advance(BootTime{1});
            const auto made = (*intake)->commit(
                {{"s@x.example", {"a@d.example", "b@d.example"}}, "Subject: x\r\n\r\nx\r\n"});
            REQUIRE(made);
            id = *made;
        }
        open();
        token = lend(1);
        REQUIRE_FALSE(token.empty());
    }
    void open()
    {
        hand_out.reset();
        auto opened = DirectoryHandOut::open({.root = directory.path(),
                                              .unsafe_spool = true,
                                              .is_watched = false,
                                              .journal = {256, 1024}},
                                             files, clock);
        REQUIRE(opened);
        hand_out = std::move(*opened);
    }
    std::string lend(std::size_t max)
    {
        std::vector<Loan> loans;
        for (const Pick& pick : hand_out->next(max)) {
            const auto record = hand_out->read(pick);
            REQUIRE(record);
            loans.push_back({pick, hand_out->lendable(pick, record->envelope)});
        }
        const auto lease = hand_out->lease(loans, seconds(900));
        return lease ? lease->token : "";
    }
    Result<Done> settle(OutcomeKind kind)
    {
        auto settled = hand_out->settle(token, {{ids[0], kind, {}, "so said"}});
        return settled ? Result<Done>(Done{}) : std::move(settled).error();
    }
    template <class Call>
    Result<Done> on_pick(const Call& call)
    {
        const auto picks = hand_out->next(1);
        REQUIRE(picks.size() == 1);
        return call(picks[0]);
    }
    bool is_in(const std::string& where, const SpoolId& id) const
    {
        return files.has(directory.path() + "/" + where + "/" + id.hex() + ".json");
    }
    bool is_handed(const SpoolId& id) const
    {
        for (const std::string& name : files.names_in(directory.path() + "/state/handed"))
            if (name.find(id.hex()) != std::string::npos) return true;
        return false;
    }
    bool is_anywhere(const SpoolId& id) const
    {
        return is_in("messages", id) || is_in("held", id) || is_in("failed", id) ||
               is_in("corrupt", id) || is_handed(id);
    }

    test::TemporaryDirectory directory;
    test::MemoryFiles files;
    test::ManualClock clock;
    std::unique_ptr<DirectoryHandOut> hand_out;
    SpoolId ids[3];
    std::string token;
};

struct Row {
    const char* name;
    std::function<Result<Done>(Spool&)> call;
    int mail;           // that it is about
    const char* where;  // it lies there afterwards; empty: it is gone
};

const Row kRows[] = {
    {"lease", [](Spool& s) { return s.lend(50).empty() ? Result<Done>(Error{}) : Done{}; }, 1,
     "messages"},
    {"renew",
     [](Spool& s) {
         auto renewed = s.hand_out->renew(s.token, seconds(900));
         return renewed ? Result<Done>(Done{}) : std::move(renewed).error();
     },
     0, "messages"},
    {"release", [](Spool& s) { return s.hand_out->release(s.token); }, 0, "messages"},
    {"delivered", [](Spool& s) { return s.settle(OutcomeKind::delivered); }, 0, ""},
    {"deferred", [](Spool& s) { return s.settle(OutcomeKind::deferred); }, 0, "messages"},
    {"failed", [](Spool& s) { return s.settle(OutcomeKind::failed); }, 0, "failed"},
    {"held", [](Spool& s) { return s.settle(OutcomeKind::held); }, 0, "held"},
    {"hold",
     [](Spool& s) { return s.on_pick([&](const Pick& p) { return s.hand_out->hold(p, "gate"); }); },
     1, "held"},
    {"bury",
     [](Spool& s) { return s.on_pick([&](const Pick& p) { return s.hand_out->bury(p, "no"); }); },
     1, "failed"},
    {"quarantine",
     [](Spool& s) {
         return s.on_pick([&](const Pick& p) { return s.hand_out->quarantine(p, "torn"); });
     },
     1, "corrupt"},
    {"hand over",
     [](Spool& s) { return s.on_pick([&](const Pick& p) { return s.hand_out->hand_over({p}); }); },
     1, "state/handed"},
    {"twenty renewals, over checkpoints",
     [](Spool& s) {
         Result<Done> all = Done{};
         for (int i = 0; i < 20 && all; ++i)
             if (auto one = s.hand_out->renew(s.token, seconds(900)); !one)
                 all = std::move(one).error();
         return all;
     },
     0, "messages"},
};

void arm(test::MemoryFiles& files, Fault fault, int steps)
{
    switch (fault) {
        case Fault::cut:
            return files.cut_after(steps);
        case Fault::kill:
            return files.kill_after(steps);
        case Fault::io:
        case Fault::io_for_good:
            return files.fail_after(steps, EIO, fault == Fault::io_for_good);
        case Fault::full:
        case Fault::full_for_good:
            return files.fail_after(steps, ENOSPC, fault == Fault::full_for_good);
    }
}

/// True: the call returned, and well.
bool call_with_fault(Spool& spool, const Row& row, Fault fault, int steps)
{
    arm(spool.files, fault, steps);
    bool is_well = false;
    try {
        is_well = bool(row.call(spool));
    } catch (const test::PowerCut&) {
    } catch (const test::Killed&) {
    }
    return is_well && !spool.files.is_off();
}

/// A shelf that cannot take a settled mail gets it later; after a start at the latest.
bool rests(const Row& row)
{
    return row.name == std::string("failed") || row.name == std::string("held");
}

bool lies_as_promised(const Spool& spool, const Row& row)
{
    const SpoolId& id = spool.ids[row.mail];
    if (std::string(row.where).empty()) return !spool.is_anywhere(id);
    if (std::string(row.where) == "state/handed") return spool.is_handed(id);
    return spool.is_in(row.where, id) || (rests(row) && spool.is_in("messages", id));
}

}  // namespace

TEST_SUITE("common/spool/fault_steps")
{
    TEST_CASE("every call, every fault, every step: nothing is lost, and what was answered holds")
    {
        for (const Row& row : kRows) {
            for (const Fault fault : kFaults) {
                bool was_struck = true;
                for (int steps = 0; was_struck; ++steps) {
                    CAPTURE(row.name);
                    CAPTURE(static_cast<int>(fault));
                    CAPTURE(steps);
                    REQUIRE(steps < kMoreStepsThanAnyCall);
                    Spool spool;
                    const int before = spool.files.steps_taken();
                    const bool is_well = call_with_fault(spool, row, fault, steps);
                    was_struck = spool.files.steps_taken() - before > steps;
                    spool.files.end_faults();
                    if (is_well) CHECK(lies_as_promised(spool, row));
                    // The power goes now at the latest, and what was answered is still so.
                    spool.hand_out.reset();
                    spool.files.restart();
                    if (is_well) CHECK(lies_as_promised(spool, row));
                    const bool may_be_gone = std::string(row.where).empty();
                    for (const SpoolId& id : spool.ids)
                        CHECK((spool.is_anywhere(id) || (may_be_gone && id == spool.ids[0])));
                    // After the reboot all that lies in messages/ is lent, for all that are
                    // pending.
                    spool.clock.reboot();
                    spool.open();
                    if (is_well && rests(row)) CHECK(spool.is_in(row.where, spool.ids[row.mail]));
                    const auto waiting = spool.files.names_in(spool.directory.path() + "/messages");
                    const auto picks = spool.hand_out->next(50);
                    CHECK(picks.size() == waiting.size());
                    for (const Pick& pick : picks) {
                        const auto record = spool.hand_out->read(pick);
                        REQUIRE(record);
                        CHECK(spool.hand_out->lendable(pick, record->envelope).size() == 2);
                    }
                    CHECK(spool.files.repeated_syncs == 0);
                }
            }
        }
    }

    TEST_CASE("after a fault that passes, the same process goes on: what failed is said again")
    {
        for (const Row& row : kRows) {
            for (const Fault fault : {Fault::io, Fault::full}) {
                bool was_struck = true;
                for (int steps = 0; was_struck; ++steps) {
                    CAPTURE(row.name);
                    CAPTURE(steps);
                    Spool spool;
                    const int before = spool.files.steps_taken();
                    const bool is_well = call_with_fault(spool, row, fault, steps);
                    was_struck = spool.files.steps_taken() - before > steps;
                    spool.files.end_faults();
                    if (is_well) continue;
                    // A mail that could not be moved rests for a minute; a lease lasts 15.
                    spool.clock.advance(seconds(901));
                    const SpoolId& id = spool.ids[row.mail];
                    const auto picks = spool.hand_out->next(50);
                    const bool waits = std::any_of(picks.begin(), picks.end(),
                                                   [&](const Pick& pick) { return pick.id == id; });
                    CHECK((waits || lies_as_promised(spool, row)));
                }
            }
        }
    }

    TEST_CASE("after a fault that passes, the next call makes durable what the failed one left")
    {
        for (const Row& row : kRows) {
            bool was_struck = true;
            for (int steps = 0; was_struck; ++steps) {
                CAPTURE(row.name);
                CAPTURE(steps);
                Spool spool;
                const int before = spool.files.steps_taken();
                const bool is_well = call_with_fault(spool, row, Fault::io, steps);
                was_struck = spool.files.steps_taken() - before > steps;
                spool.files.end_faults();
                if (is_well) continue;
                spool.token = spool.lend(50);
                const auto settled = spool.hand_out->settle(
                    spool.token, {{spool.ids[2], OutcomeKind::delivered, {}, ""}});
                spool.hand_out.reset();
                spool.files.restart();
                const bool may_be_gone = std::string(row.where).empty();
                for (const SpoolId& id : {spool.ids[0], spool.ids[1]})
                    CHECK((spool.is_anywhere(id) || (may_be_gone && id == spool.ids[0])));
                if (settled && settled->settled.size() == 1)
                    CHECK_FALSE(spool.is_in("messages", spool.ids[2]));
            }
        }
    }

    TEST_CASE("a partial outcome that was answered holds, whichever step before it failed")
    {
        bool was_struck = true;
        for (int steps = 0; was_struck; ++steps) {
            CAPTURE(steps);
            Spool spool;
            const int before = spool.files.steps_taken();
            spool.files.fail_after(steps, EIO);
            for (int i = 0; i < 20; ++i)  // over checkpoints
                static_cast<void>(spool.hand_out->renew(spool.token, seconds(900)));
            const auto settled = spool.hand_out->settle(
                spool.token, {{spool.ids[0], OutcomeKind::delivered, {"a@d.example"}, ""}});
            was_struck = spool.files.steps_taken() - before > steps;
            spool.hand_out.reset();
            spool.files.restart();
            spool.clock.reboot();
            spool.open();
            const auto picks = spool.hand_out->next(1);
            REQUIRE(picks.size() == 1);
            const auto record = spool.hand_out->read(picks[0]);
            REQUIRE(record);
            const auto lendable = spool.hand_out->lendable(picks[0], record->envelope);
            if (settled) CHECK(lendable == std::vector<std::string>{"b@d.example"});
        }
    }

    TEST_CASE("a commit with every fault before every step: whole, or nothing of it is seen")
    {
        for (const Fault fault : kFaults) {
            bool was_struck = true;
            for (int steps = 0; was_struck; ++steps) {
                CAPTURE(static_cast<int>(fault));
                CAPTURE(steps);
                test::TemporaryDirectory directory;
                test::MemoryFiles files;
                test::ManualClock clock;
                files.make_real_directories = true;
                auto intake = DirectoryIntake::open({directory.path(), 1, true}, files, clock);
                REQUIRE(intake);
                const int before = files.steps_taken();
                arm(files, fault, steps);
                Result<SpoolId> id = Error{};
                try {
                    id = (*intake)->commit({{"s@x.example", {"r@d.example"}}, "\r\nx\r\n"});
                } catch (const test::PowerCut&) {
                } catch (const test::Killed&) {
                }
                was_struck = files.steps_taken() - before > steps;
                // No failure is passed over; a full disk still takes renames.
                if (was_struck && fault != Fault::full_for_good) CHECK_FALSE(id);
                const bool is_error = !id && (fault == Fault::io || fault == Fault::full);
                files.end_faults_unless_off();
                if (is_error) {
                    CHECK(files.names_in(directory.path() + "/messages").empty());
                    CHECK(files.names_in(directory.path() + "/incoming").empty());
                }
                intake->reset();
                files.restart();
                for (const std::string& name : files.names_in(directory.path() + "/messages"))
                    CHECK(decode_record(files.text(directory.path() + "/messages/" + name),
                                        SpoolLayout::parse(name)->id));
                if (id) CHECK(files.has(directory.path() + "/messages/" + id->hex() + ".json"));
                REQUIRE(DirectoryIntake::open({directory.path(), 1, true}, files, clock));
                CHECK(files.names_in(directory.path() + "/incoming").empty());
                CHECK(files.repeated_syncs == 0);
            }
        }
    }

    TEST_CASE("whoever picks while the disk works on a change never gets a mail of that change")
    {
        for (const OutcomeKind kind : {OutcomeKind::delivered, OutcomeKind::deferred,
                                       OutcomeKind::failed, OutcomeKind::held}) {
            CAPTURE(static_cast<int>(kind));
            Spool spool;
            int looks = 0;
            spool.files.before_step = [&] {
                spool.clock.advance(seconds(1000));  // the lease's time is over by now
                const auto picks = spool.hand_out->next(50);
                CHECK(picks.size() == 2);
                for (const Pick& pick : picks) CHECK(pick.id != spool.ids[0]);
                spool.hand_out->put_back(picks);
                ++looks;
            };
            CHECK(spool.settle(kind));
            spool.files.before_step = nullptr;
            CHECK(looks > 1);
        }
    }
}
