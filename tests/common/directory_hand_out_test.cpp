#include "common/spool/directory_hand_out.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "common/spool/directory_intake.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

using namespace mail;
using std::chrono::seconds;

namespace
{

/// A spool with both sides open, on a clock of the test's own.
struct Spool {
    Spool()
    {
        auto opened = DirectoryIntake::open({directory.path(), 1, true}, system_files(), clock);
        REQUIRE(opened);
        intake = std::move(*opened);
    }
    SpoolId commit(std::vector<std::string> recipients = {"a@b.example"})
    {
        clock.advance(BootTime{1});
        const auto id =
            intake->commit({{"s@x.example", std::move(recipients)}, "Subject: x\r\n\r\nx\r\n"});
        REQUIRE(id);
        return *id;
    }
    void open()
    {
        hand_out.reset();
        auto opened = DirectoryHandOut::open({directory.path(), true}, system_files(), clock);
        REQUIRE_MESSAGE(opened, opened.error().describe());
        hand_out = std::move(*opened);
    }
    Lease lend(std::size_t max, seconds length = seconds(900))
    {
        std::vector<Loan> loans;
        for (const Pick& pick : hand_out->next(max)) {
            const auto record = hand_out->read(pick);
            REQUIRE(record);
            loans.push_back({pick, hand_out->lendable(pick, record->envelope)});
        }
        const auto lease = hand_out->lease(loans, length);
        REQUIRE(lease);
        lent = loans;
        return *lease;
    }
    bool has(const std::string& where, const SpoolId& id, const char* suffix = ".json") const
    {
        return std::filesystem::exists(directory.path() + "/" + where + "/" + id.hex() + suffix);
    }
    bool wait()
    {
        return hand_out->wait_for_mail(std::chrono::steady_clock::now() + seconds(10), {});
    }

    test::TemporaryDirectory directory;
    test::ManualClock clock;
    std::unique_ptr<DirectoryIntake> intake;
    std::unique_ptr<DirectoryHandOut> hand_out;
    std::vector<Loan> lent;
};

std::vector<SpoolId> ids_of(const std::vector<Pick>& picks)
{
    std::vector<SpoolId> ids;
    for (const Pick& pick : picks) ids.push_back(pick.id);
    return ids;
}

}  // namespace

TEST_SUITE("common/spool/directory_hand_out")
{
    TEST_CASE(
        "what lies there at the start is handed out oldest first; what comes later is seen by "
        "inotify")
    {
        Spool spool;
        const SpoolId a = spool.commit(), b = spool.commit();
        spool.open();
        CHECK(ids_of(spool.hand_out->next(50)) == std::vector{a, b});
        const SpoolId c = spool.commit();
        REQUIRE(spool.wait());
        CHECK(ids_of(spool.hand_out->next(50)) == std::vector{c});
    }

    TEST_CASE("a delivered mail is gone from the disk when settle returns")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        spool.open();
        const Lease lease = spool.lend(50);
        CHECK(spool.hand_out->next(50).empty());
        const auto settled =
            spool.hand_out->settle(lease.token, {{a, OutcomeKind::delivered, {}, ""}});
        REQUIRE(settled);
        CHECK(settled->settled == std::vector{a});
        CHECK_FALSE(spool.has("messages", a));
        CHECK(spool.hand_out->settle(lease.token, {{a, OutcomeKind::delivered, {}, ""}})->unknown ==
              std::vector{a});
    }

    TEST_CASE("a lease survives a restart, and only its token settles it")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        spool.open();
        const Lease lease = spool.lend(50);
        spool.open();
        CHECK(spool.hand_out->next(50).empty());
        CHECK(spool.hand_out->settle("0123", {{a, OutcomeKind::delivered, {}, ""}})->unknown ==
              std::vector{a});
        CHECK(spool.hand_out->renew(lease.token, seconds(60)));
        CHECK(spool.hand_out->settle(lease.token, {{a, OutcomeKind::delivered, {}, ""}})->settled ==
              std::vector{a});
        CHECK_FALSE(spool.has("messages", a));
    }

    TEST_CASE("a lease ends by itself, on the boot clock, whatever the wall clock does")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        spool.open();
        const Lease lease = spool.lend(50, seconds(10));
        spool.clock.jump_wall(std::chrono::hours(24));
        CHECK(spool.hand_out->next(50).empty());
        spool.clock.advance(seconds(10));
        CHECK(spool.hand_out->renew(lease.token, seconds(10)).error().kind == ErrorKind::missing);
        CHECK(ids_of(spool.hand_out->next(50)) == std::vector{a});
    }

    TEST_CASE("a reboot ends every lease")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        spool.open();
        spool.lend(50);
        spool.clock.reboot();
        spool.open();
        CHECK(ids_of(spool.hand_out->next(50)) == std::vector{a});
    }

    TEST_CASE("partial outcomes survive a restart: who was delivered is never lent again")
    {
        Spool spool;
        const SpoolId a = spool.commit({"r1@d.example", "r2@d.example"});
        spool.open();
        const Lease lease = spool.lend(50);
        REQUIRE(spool.hand_out->settle(
            lease.token, {{a, OutcomeKind::delivered, {"r1@d.example"}, ""},
                          {a, OutcomeKind::deferred, {"r2@d.example"}, "busy", seconds(300)}}));
        spool.open();
        CHECK(spool.hand_out->next(50).empty());
        spool.clock.advance(seconds(300));
        spool.lend(50);
        CHECK(spool.lent.front().recipients == std::vector<std::string>{"r2@d.example"});
    }

    TEST_CASE("failed goes to failed/, held to held/; put back by hand, only they are tried again")
    {
        for (const auto& [kind, where] :
             {std::pair(OutcomeKind::failed, "failed"), std::pair(OutcomeKind::held, "held")}) {
            Spool spool;
            const SpoolId a = spool.commit({"r1@d.example", "r2@d.example"});
            spool.open();
            const Lease lease = spool.lend(50);
            REQUIRE(spool.hand_out->settle(lease.token,
                                           {{a, OutcomeKind::delivered, {"r1@d.example"}, ""},
                                            {a, kind, {"r2@d.example"}, "no"}}));
            CHECK(spool.has(where, a));
            CHECK_FALSE(spool.has("messages", a));
            spool.open();
            std::filesystem::rename(spool.directory.path() + "/" + where + "/" + a.hex() + ".json",
                                    spool.directory.path() + "/messages/" + a.hex() + ".json");
            REQUIRE(spool.wait());
            spool.lend(50);
            CHECK(spool.lent.front().recipients == std::vector<std::string>{"r2@d.example"});
        }
    }

    TEST_CASE(
        "a failed mail that failed/ cannot take rests in messages/, is not lent again, and follows "
        "when it can")
    {
        Spool spool;
        const SpoolId a = spool.commit({"r1@d.example", "r2@d.example"}), b = spool.commit();
        spool.open();
        const std::string in_the_way = spool.directory.path() + "/failed/" + a.hex() + ".json";
        std::filesystem::create_directories(in_the_way + "/x");
        const Lease lease = spool.lend(50);
        const std::vector<Outcome> outcomes = {{a, OutcomeKind::delivered, {"r1@d.example"}, ""},
                                               {a, OutcomeKind::failed, {"r2@d.example"}, "no"},
                                               {b, OutcomeKind::delivered, {}, ""}};
        const auto settled = spool.hand_out->settle(lease.token, outcomes);
        REQUIRE(settled);
        CHECK(settled->settled.size() == 2);
        CHECK(spool.has("messages", a));
        CHECK_FALSE(spool.has("messages", b));
        CHECK(spool.hand_out->next(50).empty());

        spool.clock.advance(seconds(1000));
        CHECK(spool.hand_out->next(50).empty());
        std::filesystem::remove_all(in_the_way);
        spool.clock.advance(seconds(10));
        CHECK(spool.hand_out->next(50).empty());
        CHECK(spool.has("failed", a));
        CHECK_FALSE(spool.has("messages", a));
    }

    TEST_CASE("release gives everything back at once")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        spool.open();
        const Lease lease = spool.lend(50);
        REQUIRE(spool.hand_out->release(lease.token));
        CHECK(ids_of(spool.hand_out->next(50)) == std::vector{a});
        CHECK(spool.hand_out->release(lease.token).error().kind == ErrorKind::missing);
    }

    TEST_CASE("a record that does not parse or fails its sum is corrupt; the others go on")
    {
        Spool spool;
        const SpoolId a = spool.commit(), b = spool.commit();
        std::ofstream(spool.directory.path() + "/messages/" + a.hex() + ".json", std::ios::app)
            << "x";
        spool.open();
        const auto picks = spool.hand_out->next(50);
        REQUIRE(ids_of(picks) == std::vector{a, b});
        CHECK(spool.hand_out->read(picks[0]).error().kind == ErrorKind::corrupt);
        REQUIRE(spool.hand_out->quarantine(picks[0], "does not parse"));
        CHECK(spool.has("corrupt", a));
        CHECK(spool.hand_out->read(picks[1]));
    }

    TEST_CASE("the original's records are read after their close, or when they are 60 s old")
    {
        Spool spool;
        spool.open();
        const SpoolId id = *SpoolId::parse("ffffffffffff4fff8fffffffffffffff");
        const std::string path = spool.directory.path() + "/messages/" + id.hex();
        {
            std::ofstream file(path);
            file << R"({"mail_from": "a@b.c", "rcpt_tos": ["d@e.f"], "subject": "s", )"
                 << std::flush;
            CHECK(spool.hand_out->next(50).empty());
            file << R"("body": "x", "data": "x\r\n", "timestamp": "t"})";
        }
        REQUIRE(spool.wait());
        const auto picks = spool.hand_out->next(50);
        REQUIRE(ids_of(picks) == std::vector{id});
        CHECK(spool.hand_out->read(picks[0])->content == "x\r\n");
        const auto lease = spool.hand_out->lease({{picks[0], {"d@e.f"}}}, seconds(900));
        REQUIRE(lease);
        REQUIRE(spool.hand_out->settle(lease->token, {{id, OutcomeKind::delivered, {}, ""}}));
        CHECK_FALSE(spool.has("messages", id, ""));
    }

    TEST_CASE("an original's file found young at the start rests until it is 60 s old")
    {
        Spool spool;
        spool.clock.jump_wall(std::chrono::duration_cast<std::chrono::milliseconds>(
            std::chrono::system_clock::now() - spool.clock.wall()));
        const std::string id = "ffffffffffff4fff8fffffffffffffff";
        std::ofstream(spool.directory.path() + "/messages/" + id) << "{";
        spool.open();
        CHECK(spool.hand_out->next(50).empty());
        spool.clock.advance(seconds(60));
        CHECK(spool.hand_out->next(50).size() == 1);
    }

    TEST_CASE("handed mail is kept for seven days")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        spool.open();
        REQUIRE(spool.hand_out->hand_over(spool.hand_out->next(50)));
        CHECK_FALSE(spool.has("messages", a));
        const auto kept = [&] {
            return std::distance(
                std::filesystem::directory_iterator(spool.directory.path() + "/state/handed"), {});
        };
        CHECK(kept() == 1);
        spool.clock.advance(std::chrono::hours(24 * 7));
        spool.open();
        CHECK(kept() == 1);
        spool.clock.advance(std::chrono::hours(24));
        spool.open();
        CHECK(kept() == 0);
    }

    TEST_CASE(
        "a wall clock that jumps weeks ahead empties handed/ no sooner (any number of starts)")
    {
        Spool spool;
        spool.commit();
        spool.open();
        REQUIRE(spool.hand_out->hand_over(spool.hand_out->next(50)));
        const auto kept = [&] {
            return std::distance(
                std::filesystem::directory_iterator(spool.directory.path() + "/state/handed"), {});
        };
        spool.clock.jump_wall(std::chrono::hours(24 * 30));
        for (int i = 0; i < 8; ++i) {
            spool.clock.advance(std::chrono::hours(2));
            spool.open();
            CHECK(kept() == 1);
        }
        spool.clock.reboot();
        spool.open();
        CHECK(kept() == 1);
        spool.clock.advance(std::chrono::hours(24 * 8));
        spool.open();
        CHECK(kept() == 0);
    }

    TEST_CASE("a hand-over that fails half way takes nothing: all wait again, in their old order")
    {
        Spool spool;
        const SpoolId a = spool.commit(), b = spool.commit(), c = spool.commit();
        spool.open();
        const auto picks = spool.hand_out->next(50);
        // A directory in the place of the second one's new name: it cannot be moved there.
        const std::string day = "20261120-";
        REQUIRE(record_timestamp(spool.clock.wall()).substr(0, 10) == "2026-11-20");
        std::filesystem::create_directories(spool.directory.path() + "/state/handed/" + day +
                                            b.hex() + ".json/x");
        CHECK_FALSE(spool.hand_out->hand_over(picks));
        CHECK(ids_of(spool.hand_out->next(50)) == std::vector{a, b, c});
        for (const SpoolId& id : {a, b, c}) CHECK(spool.has("messages", id));
    }

    TEST_CASE("a mail that somebody removes leaves the index; a mail that cannot be read now rests")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        spool.open();
        const auto picks = spool.hand_out->next(50);
        std::filesystem::remove(spool.directory.path() + "/messages/" + a.hex() + ".json");
        CHECK(spool.hand_out->read(picks[0]).error().kind == ErrorKind::missing);
        spool.hand_out->put_back(picks);
        CHECK(spool.hand_out->next(50).empty());

        const SpoolId b = spool.commit();
        REQUIRE(spool.wait());
        const auto unreadable = spool.hand_out->next(50);
        REQUIRE(ids_of(unreadable) == std::vector{b});
        const std::string path = spool.directory.path() + "/messages/" + b.hex() + ".json";
        std::filesystem::rename(spool.directory.path(), spool.directory.path() + ".moved");
        std::ofstream(spool.directory.path()) << "no directory: ENOTDIR";
        CHECK_FALSE(spool.hand_out->read(unreadable[0]));
        std::filesystem::remove(spool.directory.path());
        std::filesystem::rename(spool.directory.path() + ".moved", spool.directory.path());
        spool.hand_out->put_back(unreadable);
        CHECK(spool.hand_out->next(50).empty());
        spool.clock.advance(seconds(60));
        CHECK(ids_of(spool.hand_out->next(50)) == std::vector{b});
    }

    TEST_CASE("a pipe, a link or a directory with a mail's name is no mail: corrupt, at once")
    {
        Spool spool;
        const std::string root = spool.directory.path();
        const std::string pipe = "0199a7c2d1e47b3a9c5d00112233aa01.json";
        const std::string link = "0199a7c2d1e47b3a9c5d00112233aa02.json";
        const std::string folder = "0199a7c2d1e47b3a9c5d00112233aa03.json";
        REQUIRE(::mkfifo((root + "/messages/" + pipe).c_str(), 0600) == 0);
        std::filesystem::create_symlink("/etc/hostname", root + "/messages/" + link);
        std::filesystem::create_directory(root + "/messages/" + folder);
        spool.open();
        for (const Pick& pick : spool.hand_out->next(50)) {
            const auto record = spool.hand_out->read(pick);
            REQUIRE_FALSE(record);
            CHECK(record.error().kind == ErrorKind::corrupt);
            CHECK(spool.hand_out->quarantine(pick, "no mail"));
        }
        for (const std::string& name : {pipe, link, folder})
            CHECK(std::filesystem::symlink_status(root + "/corrupt/" + name).type() !=
                  std::filesystem::file_type::not_found);
        CHECK(std::filesystem::is_empty(root + "/messages"));
    }

    TEST_CASE("two files of one id are never both mails: an outcome would settle one unsent")
    {
        Spool spool;
        const SpoolId a = spool.commit();
        const std::string root = spool.directory.path();
        std::filesystem::copy_file(root + "/messages/" + a.hex() + ".json",
                                   root + "/messages/" + a.hex());
        spool.open();
        spool.clock.advance(seconds(60));
        CHECK(spool.hand_out->next(50).size() == 1);
        CHECK(spool.has("messages", a) != spool.has("messages", a, ""));
        CHECK(spool.has("corrupt", a) != spool.has("corrupt", a, ""));
    }

    TEST_CASE("couriers at the same time never share a mail, and none is forgotten")
    {
        constexpr int kMails = 120;
        Spool spool;
        for (int i = 0; i < kMails; ++i) spool.commit();
        spool.open();
        std::mutex mutex;
        std::map<SpoolId, int> lent;
        std::atomic<int> faults = 0;
        const auto courier = [&](unsigned number) {
            for (int round = 0;; ++round) {
                const auto picks = spool.hand_out->next(7);
                if (picks.empty()) return;
                std::vector<Loan> loans;
                std::vector<Outcome> outcomes;
                for (const Pick& pick : picks) {
                    const auto record = spool.hand_out->read(pick);
                    if (!record) ++faults;
                    loans.push_back({pick, spool.hand_out->lendable(pick, record->envelope)});
                    outcomes.push_back({pick.id, OutcomeKind::delivered, {}, ""});
                }
                const auto lease = spool.hand_out->lease(loans, seconds(900));
                if (!lease) ++faults;
                // Now and then one gives all back, or the gate stops a mail.
                if ((round + number) % 5 == 0) {
                    if (!spool.hand_out->release(lease->token)) ++faults;
                    continue;
                }
                if (!spool.hand_out->renew(lease->token, seconds(900))) ++faults;
                const auto settled = spool.hand_out->settle(lease->token, outcomes);
                if (!settled || settled->settled.size() != picks.size()) ++faults;
                const std::lock_guard lock(mutex);
                for (const Pick& pick : picks) ++lent[pick.id];
            }
        };
        {
            std::vector<std::jthread> couriers;
            for (unsigned i = 0; i < 4; ++i) couriers.emplace_back(courier, i);
        }
        courier(1);  // what others had and gave back after the last had looked
        CHECK(faults == 0);
        CHECK(lent.size() == kMails);
        for (const auto& [id, times] : lent) {
            CHECK(times == 1);
            CHECK_FALSE(spool.has("messages", id));
        }
    }

    TEST_CASE("a second postmaster on the spool is refused")
    {
        Spool spool;
        spool.open();
        CHECK(DirectoryHandOut::open({spool.directory.path(), true}, system_files(), spool.clock)
                  .error()
                  .kind == ErrorKind::conflict);
    }

    TEST_CASE("waiting ends when it is asked to stop, and when the time is over")
    {
        Spool spool;
        spool.open();
        CHECK_FALSE(spool.hand_out->wait_for_mail(std::chrono::steady_clock::now(), {}));
        std::stop_source source;
        source.request_stop();
        CHECK_FALSE(spool.hand_out->wait_for_mail(
            std::chrono::steady_clock::now() + std::chrono::hours(1), source.get_token()));
    }
}
