/// A spool on a disk that forgets whatever was not synced, and who works on it: commits, lends,
/// has mails held, and is ended between any two steps.
#pragma once

#include <doctest/doctest.h>

#include "common/spool/directory_hand_out.h"
#include "common/spool/directory_intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

namespace mail::test
{

using std::chrono::seconds;
using Strings = std::vector<std::string>;

inline constexpr int kMoreStepsThanAnyCall = 200;

/// What ends a call between two steps: a kill; a cut that takes all that was not synced; or one
/// that came after the disk had written all of it anyhow, which it may do in its own time.
enum class End { kill, cut, late_cut };
inline constexpr End kEnds[] = {End::kill, End::cut, End::late_cut};

struct SpoolDesk {
    SpoolDesk() { files.make_real_directories = true; }
    SpoolId commit(Strings recipients = {"r1@d.example", "r2@d.example"})
    {
        clock.advance(seconds(1));
        auto intake = DirectoryIntake::open({directory.path(), 1, true}, files, clock);
        REQUIRE(intake);
        const auto id =
            (*intake)->commit({{"s@x.example", std::move(recipients)}, "Subject: x\r\n\r\nx\r\n"});
        REQUIRE(id);
        return *id;
    }
    /// A record as the Python PostOffice leaves it.
    SpoolId commit_original()
    {
        const SpoolId id = *SpoolId::parse("ffffffffffff4fff8fffffffffffffff");
        const std::string path = directory.path() + "/messages/" + id.hex();
        auto file = files.create_exclusive(path);
        REQUIRE((*file)->write_all(R"({"mail_from": "a@b.c", "rcpt_tos": ["r1@d.example"], )"
                                   R"("subject": "s", "body": "x", "data": "x\r\n", )"
                                   R"("timestamp": "t"})"));
        REQUIRE((*file)->sync());
        REQUIRE(files.sync_dir(directory.path() + "/messages"));
        clock.advance(seconds(60));
        return id;
    }
    void open()
    {
        hand_out.reset();
        auto opened = DirectoryHandOut::open({directory.path(), true}, files, clock);
        REQUIRE_MESSAGE(opened, opened.error().describe());
        hand_out = std::move(*opened);
    }
    void restart()
    {
        hand_out.reset();
        files.restart();
        open();
    }
    /// Lends all that waits; what each loan says is in `lent`.
    Lease lend()
    {
        lent.clear();
        for (const Pick& pick : hand_out->next(50)) {
            const auto record = hand_out->read(pick);
            REQUIRE(record);
            lent.push_back({pick, hand_out->lendable(pick, record->envelope)});
        }
        const auto lease = hand_out->lease(lent, seconds(900));
        REQUIRE(lease);
        return *lease;
    }
    /// Commits one mail and has the gate hold it.
    SpoolId held_by_gate()
    {
        const SpoolId id = commit();
        open();
        REQUIRE(hand_out->hold(hand_out->next(1).front(), "web1.internal in Subject"));
        return id;
    }
    /// Commits one mail: r1 has it, r2 was held by the courier, r3 failed if `third` is given.
    SpoolId partly_held(bool third = false)
    {
        Strings recipients = {"r1@d.example", "r2@d.example"};
        if (third) recipients.push_back("r3@d.example");
        const SpoolId id = commit(std::move(recipients));
        open();
        const Lease lease = lend();
        std::vector<Outcome> outcomes = {{id, OutcomeKind::delivered, {"r1@d.example"}, ""},
                                         {id, OutcomeKind::held, {"r2@d.example"}, "ask first"}};
        if (third) outcomes.push_back({id, OutcomeKind::failed, {"r3@d.example"}, "550 no"});
        REQUIRE(hand_out->settle(lease.token, outcomes));
        return id;
    }
    KeptMail only_kept()
    {
        const auto kept = hand_out->kept();
        REQUIRE(kept);
        REQUIRE(kept->size() == 1);
        return kept->front();
    }
    bool is_in(const char* where, const SpoolId& id, const char* suffix = ".json") const
    {
        return files.has(directory.path() + "/" + where + "/" + id.hex() + suffix);
    }
    int places(const SpoolId& id) const
    {
        return is_in("messages", id) + is_in("held", id) + is_in("failed", id);
    }
    /// Runs `call` until `end` comes before the step after `steps`; true if it returned first.
    template <class Call>
    bool lasts(int steps, End end, const Call& call)
    {
        if (end == End::kill)
            files.kill_after(steps);
        else
            files.cut_after(steps);
        bool lasted = false;
        try {
            call();
            lasted = !files.is_off();
        } catch (const PowerCut&) {
        } catch (const Killed&) {
        }
        hand_out.reset();
        const auto all_of_it = [](std::uint64_t bound) { return bound - 1; };
        if (end == End::kill)
            files.end_faults();
        else if (end == End::cut)
            files.restart();
        else
            files.restart(all_of_it);
        return lasted;
    }

    TemporaryDirectory directory;
    MemoryFiles files;
    ManualClock clock;
    std::unique_ptr<DirectoryHandOut> hand_out;
    std::vector<Loan> lent;
};

}  // namespace mail::test
