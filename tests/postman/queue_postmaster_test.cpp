#include "postman/queue_postmaster.h"

#include <doctest/doctest.h>

#include "postman/courier.h"
#include "tests/postman/fakes.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace std::chrono_literals;
using mail::OutcomeKind;
using mail::nullmailer::QueueDirectory;
using mail::nullmailer::Writers;
using mail::test::MemoryFiles;
using postman::QueueNote;
using postman::test::FakeBackend;

namespace
{

const std::string kMessage = "From: shop@app.example\nSubject: hi\n\nHello\n";

/// A queue and a courier for it; run() is one `postman pickup`.
struct World {
    MemoryFiles files;
    mail::test::ManualClock clock;
    FakeBackend backend;
    mail::nullmailer::Writers writers = mail::nullmailer::Writers::none;
    std::map<std::string, OutcomeKind> fates;  // others are delivered
    std::map<std::string, int> accepted;       // by recipient
    int syncs_at_acceptance = -1;
    std::size_t resting = 0, unreadable = 0;

    World()
    {
        backend.answer = [this](const auto&, const auto& recipients) -> FakeBackend::Answer {
            std::vector<postman::Verdict> verdicts;
            for (const std::string& recipient : recipients) {
                const auto fate = fates.find(recipient);
                const auto kind = fate == fates.end() ? OutcomeKind::delivered : fate->second;
                verdicts.push_back({.recipient = recipient, .kind = kind, .reason = "so it is"});
                if (kind == OutcomeKind::delivered) ++accepted[recipient];
            }
            syncs_at_acceptance = files.syncs;
            return verdicts;
        };
    }
    void put(const std::string& name, const std::string& envelope,
             const std::string& message = kMessage)
    {
        files.set_text("/q/queue/" + name, envelope + "\n" + message);
    }
    postman::Round run()
    {
        postman::Ledger ledger("/state", 240h, files, clock);
        postman::Pace pace(0, 0);
        postman::WayOut way_out{.backend = backend,
                                .ledger = ledger,
                                .pace = pace,
                                .clock = clock,
                                .chance = [](std::uint64_t bound) { return bound - 1; },
                                .rules = {},
                                .jobs = 1};
        mail::nullmailer::QueueDirectory queue("/q/queue", files, clock,
                                               [this](const auto&) { return writers; });
        postman::QueueNotes notes("/state", files);
        postman::QueuePostmaster postmaster(queue, notes, ledger, clock);
        const auto round = postman::Courier(postmaster, way_out).run(0s, {});
        resting = postmaster.resting();
        unreadable = postmaster.unreadable();
        return round;
    }
    std::vector<std::string> queued() const { return files.names_in("/q/queue"); }
    std::vector<std::string> failed() const { return files.names_in("/q/failed"); }
    bool has_notes() const
    {
        for (const std::string& name : files.names_in("/state"))
            if (name.starts_with("note-")) return true;
        return false;
    }
};

const std::vector<std::string> kNone;

}  // namespace

TEST_SUITE("postman/queue_postmaster")
{
    TEST_CASE(
        "a file goes when each of its recipients is done, and the envelope is never in the mail")
    {
        World world;
        world.put("1795163247.1", "web@app.example\nann@d.example\nbob@d.example\n");
        world.put("1795163248.1", "\ncarl@d.example\n");
        CHECK(world.run().counts.delivered == 3);
        CHECK(world.queued() == kNone);
        CHECK(world.failed() == kNone);
        REQUIRE(world.backend.contents.size() == 2);
        CHECK(world.backend.contents[0] ==
              "From: shop@app.example\r\nSubject: hi\r\n\r\nHello\r\n");
        CHECK(world.run().counts.mails == 0);
    }

    TEST_CASE("before a large mail is read, what was delivered before it is durable (W5)")
    {
        const auto syncs_with = [](std::size_t bytes) {
            World world;
            world.put("1.1", "web@app.example\nann@d.example\n");
            world.put("2.1", "web@app.example\nbob@d.example\n",
                      kMessage + std::string(bytes, 'x') + "\n");
            CHECK(world.run().counts.delivered == 2);
            return world.files.syncs;
        };
        CHECK(syncs_with(300'000) == syncs_with(3) + 1);
    }

    TEST_CASE("the oldest goes first, as nullmailer's names tell")
    {
        World world;
        for (const char* name : {"1000000000.1", "999999999.2", "foreign", "1000000000.0"})
            world.put(name, "web@app.example\n" + std::string(name) + "@d.example\n");
        world.run();
        std::vector<std::string> order;
        for (const auto& sent : world.backend.sent) order.push_back(sent.second);
        CHECK(order == std::vector<std::string>{"999999999.2@d.example", "1000000000.0@d.example",
                                                "1000000000.1@d.example", "foreign@d.example"});
    }

    TEST_CASE("of three recipients one is refused, one deferred: each delivered once, refused once")
    {
        World world;
        world.put("1.1", "web@app.example\nann@d.example\nbob@d.example\ncarl@d.example\n");
        world.fates = {{"bob@d.example", OutcomeKind::failed},
                       {"carl@d.example", OutcomeKind::deferred}};
        world.run();
        CHECK(world.queued() == std::vector<std::string>{"1.1"});
        CHECK(world.failed() == kNone);

        world.run();  // too early
        CHECK(world.backend.sent.size() == 3);
        CHECK(world.resting == 1);

        world.clock.advance(2h);
        world.fates.erase("carl@d.example");
        world.run();
        CHECK(world.backend.sent.size() == 4);
        CHECK(world.accepted ==
              std::map<std::string, int>{{"ann@d.example", 1}, {"carl@d.example", 1}});
        CHECK(world.queued() == kNone);
        REQUIRE(world.failed() == std::vector<std::string>{"1.1"});
        CHECK(world.files.text("/q/failed/1.1") == "web@app.example\nbob@d.example\n\n" + kMessage);
        CHECK_FALSE(world.has_notes());

        // The operator moves it back: bob alone gets it.
        world.fates.clear();
        REQUIRE(world.files.rename_new("/q/failed/1.1", "/q/queue/1.1"));
        world.run();
        CHECK(world.accepted.at("bob@d.example") == 1);
        CHECK(world.accepted.at("ann@d.example") == 1);
        CHECK(world.queued() == kNone);
    }

    TEST_CASE("one bad file never stops the others")
    {
        World world;
        world.clock.advance(1000h);  // the files are old
        world.files.set_text("/q/queue/1.1", "web@app.example");
        world.files.set_text("/q/queue/2.1", "web@app.example\n\nno recipient\n");
        world.put("3.1", "web@app.example\nann@d.example\n");
        const auto round = world.run();
        CHECK(round.counts.delivered == 1);
        CHECK_FALSE(round.endpoint_failed);
        CHECK(world.unreadable == 2);
        CHECK(world.queued() == kNone);
        CHECK(world.failed() == std::vector<std::string>{"1.1", "2.1"});
    }

    TEST_CASE("a file that is being written is left alone, as long as that may be so")
    {
        World world;
        world.put("1.1", "web@app.example\nann@d.example\n");
        world.writers = mail::nullmailer::Writers::some;
        world.clock.jump_wall(-std::chrono::duration_cast<std::chrono::milliseconds>(
            world.clock.wall().time_since_epoch() - 30s));  // thirty seconds old
        world.run();
        CHECK(world.resting == 1);
        world.writers = mail::nullmailer::Writers::unknown;
        world.run();
        CHECK(world.backend.sent.empty());
        world.clock.advance(31s);
        world.run();
        CHECK(world.accepted.at("ann@d.example") == 1);
    }

    TEST_CASE("another mail under the same name is another mail")
    {
        World world;
        for (int i = 0; i < 3; ++i) {
            world.put("1.1", "web@app.example\nann@d.example\n");
            world.run();
        }
        CHECK(world.accepted.at("ann@d.example") == 3);
    }

    TEST_CASE("what lies in failed/ is never written over")
    {
        World world;
        world.files.set_text("/q/failed/1.1", "an older one");
        world.put("1.1", "web@app.example\nann@d.example\n");
        world.fates = {{"ann@d.example", OutcomeKind::failed}};
        world.run();
        CHECK(world.failed() == std::vector<std::string>{"1.1", "1.1.1"});
        CHECK(world.files.text("/q/failed/1.1") == "an older one");
    }

    TEST_CASE("killed or cut at any step: nothing lost, and nothing twice outside W5")
    {
        for (const bool is_power_cut : {false, true}) {
            for (int steps = 0;; ++steps) {
                CAPTURE(is_power_cut);
                CAPTURE(steps);
                World world;
                world.put("1.1", "web@app.example\nann@d.example\nbob@d.example\n");
                world.put("2.1", "web@app.example\ncarl@d.example\n");
                world.put("3.1", "web@app.example\ndora@d.example\n");
                world.fates = {{"bob@d.example", OutcomeKind::failed},
                               {"dora@d.example", OutcomeKind::failed}};
                bool was_hit = false, was_in_w5 = false;
                const auto strike = [&] {
                    was_hit = true;
                    was_in_w5 = world.files.syncs == world.syncs_at_acceptance;
                };
                if (is_power_cut)
                    world.files.cut_after(steps);
                else
                    world.files.kill_after(steps);
                try {
                    world.run();
                } catch (const mail::test::PowerCut&) {
                    strike();
                    world.files.restart();
                } catch (const mail::test::Killed&) {
                    strike();
                    world.files.end_faults();
                }
                world.files.end_faults();
                for (int again = 0; again < 3; ++again) {
                    world.clock.advance(3h);
                    world.run();
                }
                CHECK(world.queued() == kNone);
                CHECK(world.failed() == std::vector<std::string>{"1.1", "3.1"});
                CHECK(world.files.text("/q/failed/1.1")
                          .starts_with("web@app.example\nbob@d.example\n\n"));
                for (const char* who : {"ann@d.example", "carl@d.example"}) {
                    CHECK(world.accepted[who] >= 1);
                    CHECK(world.accepted[who] <= (was_in_w5 ? 2 : 1));
                }
                if (!was_hit) break;
            }
        }
    }

    TEST_CASE("a file that cannot be removed is not sent again")
    {
        World world;
        world.put("1.1", "web@app.example\nann@d.example\n");
        world.files.fail_after(0, EACCES, true, "remove");
        CHECK(world.run().endpoint_failed);
        CHECK(world.queued().size() == 1);
        world.files.end_faults();
        world.run();
        CHECK(world.accepted.at("ann@d.example") == 1);
        CHECK(world.queued() == kNone);
    }

    TEST_CASE("a note says what was written, and damaged lines are passed over")
    {
        const QueueNote note{{1, 0xfedcba9876543210}, {{2, 1795165279}, {3, -1}}};
        CHECK(postman::parse_queue_note(postman::encode_queue_note(note)) == note);
        CHECK(postman::parse_queue_note("refused\nrests 1\nrests x 1\nrefused 1 2\nrests 2 3x\n") ==
              QueueNote{});
        CHECK(postman::parse_queue_note("refused 1") == QueueNote{});
    }
}
