#include <doctest/doctest.h>

#include "common/nullmailer/queue_file.h"
#include "postoffice/pickup/pickup_mail.h"
#include "postoffice/pickup/pickup_round.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace postoffice;
using mail::Record;
using mail::SpoolId;
using mail::SpoolLayout;
using mail::nullmailer::QueuedMail;
using mail::nullmailer::Writers;

namespace
{

constexpr int kMoreStepsThanAnyRound = 200;
const SpoolId kFile = *SpoolId::parse("0123456789abcdef0123456789abcdef");

QueuedMail queued(std::string sender, std::vector<std::string> recipients,
                  std::string content = "Subject: hi\r\n\r\nx\r\n")
{
    return {"1795163247.1",
            kFile,
            {std::move(sender), std::move(recipients)},
            std::move(content),
            1'795'163'247};
}

/// A machine with nullmailer's queue and a spool on one disk that forgets. run() is one
/// `postoffice pickup`.
struct Machine {
    Machine() { files.make_real_directories = true; }

    void put(const std::string& name, const std::string& envelope,
             const std::string& message = "Subject: hi\n\nx\n")
    {
        files.set_text(queue() + "/" + name, envelope + "\n" + message);
    }
    std::string queue() const { return directory.path() + "/queue"; }
    std::string spool() const { return directory.path() + "/spool"; }

    /// Nothing: the spool could not be opened.
    std::optional<PickupRound::Tally> run(const std::function<bool()>& is_over = [] {
        return false;
    })
    {
        auto opened = PickupSpool::open(queue(), {spool(), 1, true, {}}, files, clock);
        if (!opened) return std::nullopt;
        mail::nullmailer::QueueDirectory waiting(queue(), files, clock,
                                                 [this](const auto&) { return writers; });
        PickupRound round(waiting, **opened, max_content);
        const auto tally = round.run(is_over);
        if (!tally) return std::nullopt;
        return *tally;
    }
    std::vector<Record> records(const char* where = "messages")
    {
        std::vector<Record> all;
        const std::string place = spool() + "/" + where;
        for (const std::string& name : files.names_in(place)) {
            const auto id = SpoolLayout::parse(name);
            REQUIRE(id);
            auto record = decode_record(*files.read_all(place + "/" + name, 1 << 20), id->id);
            REQUIRE(record);
            all.push_back(std::move(*record));
        }
        return all;
    }
    /// Runs with the power, or the process, lasting for `steps`; true if that was to the end.
    bool lasts(int steps, bool is_cut)
    {
        is_cut ? files.cut_after(steps) : files.kill_after(steps);
        bool lasted = true;
        try {
            static_cast<void>(run());
        } catch (const mail::test::PowerCut&) {
            lasted = false;
        } catch (const mail::test::Killed&) {
            lasted = false;
        }
        if (is_cut && files.is_off()) lasted = false;
        is_cut ? files.restart() : files.end_faults();
        return lasted;
    }
    void die_after_the_commit()
    {
        for (int steps = 0; steps < kMoreStepsThanAnyRound && records().empty(); ++steps)
            lasts(steps, false);
        REQUIRE_FALSE(files.names_in(queue()).empty());
    }

    mail::test::TemporaryDirectory directory;
    mail::test::MemoryFiles files;
    mail::test::ManualClock clock;
    Writers writers = Writers::none;
    std::size_t max_content = 1000;
};

}  // namespace

TEST_SUITE("postoffice/pickup")
{
    TEST_CASE("a queue file becomes a record: envelope, CRLF line ends, the file's time")
    {
        const PickedMail picked = picked_mail(queued("web@app.example", {"a@d.example", "root"}));
        REQUIRE(picked.records.size() == 1);
        const Record& record = picked.records.front();
        CHECK(record.envelope == mail::Envelope{"web@app.example", {"a@d.example", "root"}});
        CHECK(record.subject == "hi");
        CHECK(record.timestamp == "2026-11-20T08:27:27.000000");
        CHECK(record.sha256 == mail::sha256_hex(record.content));
        CHECK(picked.refused.empty());
        CHECK(record.id.unix_milliseconds() == 1'795'163'247'000);
    }

    TEST_CASE("the same file makes the same id, and another envelope, content or file another one")
    {
        const auto id_of = [](QueuedMail mail) {
            return picked_mail(std::move(mail)).records.at(0).id;
        };
        const SpoolId first = id_of(queued("a@b.example", {"c@d.example"}));
        CHECK(id_of(queued("a@b.example", {"c@d.example"})) == first);
        CHECK(id_of(queued("", {"c@d.example"})) != first);
        CHECK(id_of(queued("a@b.example", {"d@d.example"})) != first);
        CHECK(id_of(queued("a@b.example", {"c@d.example"}, "other\r\n")) != first);
        QueuedMail of_another_file = queued("a@b.example", {"c@d.example"});
        of_another_file.id = *SpoolId::parse("1123456789abcdef0123456789abcdef");
        CHECK(id_of(of_another_file) != first);
    }

    TEST_CASE("a time before 1970 or beyond all records still makes an id")
    {
        for (const std::int64_t time : {std::int64_t(-5), INT64_MAX}) {
            QueuedMail mail = queued("", {"c@d.example"});
            mail.queued_at = time;
            CHECK(picked_mail(mail).records.at(0).id.unix_milliseconds());
        }
    }

    TEST_CASE("addresses are judged as MAIL and RCPT judge them, each recipient for itself")
    {
        const std::string bad[] = {"a b@d.example",       "a\x01@d.example", "<a@d.example>",
                                   "a@d.example> SIZE=1", "\xff@d.example",  "#@[]"};
        for (const std::string& address : bad) {
            CAPTURE(address);
            const auto picked = picked_mail(queued("s@d.example", {address, "good@d.example"}));
            CHECK(picked.refused == std::vector<std::string>{address});
            REQUIRE(picked.records.size() == 1);
            CHECK(picked.records[0].envelope.recipients ==
                  std::vector<std::string>{"good@d.example"});
            CHECK_FALSE(picked.reason.empty());
        }
        SUBCASE("with an unsound sender nobody is served")
        {
            const auto picked = picked_mail(queued("s\x02@d.example", {"r@d.example"}));
            CHECK(picked.records.empty());
            CHECK(picked.refused == std::vector<std::string>{"r@d.example"});
        }
        SUBCASE("an address that is not ASCII is fine, and says so")
        {
            const auto picked =
                picked_mail(queued("gr\xc3\xbc\xc3\x9f@d.example", {"r@d.example"}));
            REQUIRE(picked.records.size() == 1);
            CHECK(picked.records[0].envelope.smtputf8);
        }
    }

    TEST_CASE("mail that goes in circles is refused whole (RFC 5321 6.3)")
    {
        std::string content;
        for (int i = 0; i < 51; ++i) content += "Received: by x.example; somewhen\r\n";
        const auto picked = picked_mail(queued("s@d.example", {"r@d.example"}, content + "\r\nx"));
        CHECK(picked.records.empty());
        CHECK(picked.refused.size() == 1);
    }

    TEST_CASE("2,500 recipients make three mails of one content, each recipient in one of them")
    {
        std::vector<std::string> all;
        for (int i = 0; i < 2500; ++i) all.push_back("r" + std::to_string(i) + "@d.example");
        const auto picked = picked_mail(queued("s@d.example", all));
        REQUIRE(picked.records.size() == 3);
        std::vector<std::string> seen;
        for (const Record& record : picked.records) {
            CHECK(record.content == "Subject: hi\r\n\r\nx\r\n");
            CHECK(record.envelope.recipients.size() <= kMaxPickedRecipients);
            seen.insert(seen.end(), record.envelope.recipients.begin(),
                        record.envelope.recipients.end());
        }
        CHECK(seen == all);
        CHECK(picked.records[0].id != picked.records[1].id);
    }

    TEST_CASE("a round moves each whole file into the spool, the null sender's too")
    {
        Machine machine;
        machine.put("1795163247.1", "s@d.example\nr@d.example\n");
        machine.put("1795163248.1", "\nr@d.example\n");
        const auto tally = machine.run();
        REQUIRE(tally);
        CHECK(tally->picked_up == 2);
        CHECK(tally->left == 0);
        CHECK(machine.files.names_in(machine.queue()).empty());
        CHECK(machine.records().size() == 2);
        CHECK(machine.files.names_in(machine.spool() + "/incoming").empty());
    }

    TEST_CASE("what is being written, too large or without room stays in the queue")
    {
        Machine machine;
        machine.put("1795163247.1", "s@d.example\nr@d.example\n");
        SUBCASE("being written")
        {
            machine.writers = Writers::some;
        }
        SUBCASE("too large")
        {
            machine.max_content = 10;
        }
        SUBCASE("a stop was asked for") {}
        const bool is_stopped = machine.writers == Writers::none && machine.max_content > 10;
        const auto tally = machine.run([&] { return is_stopped; });
        REQUIRE(tally);
        CHECK(tally->left == 1);
        CHECK(tally->unfinished == (machine.writers == Writers::some ? 1 : 0));
        CHECK(machine.records().empty());
        CHECK(machine.files.has(machine.queue() + "/1795163247.1"));
    }

    TEST_CASE("on a full disk nothing is lost and nothing half kept; with room it goes")
    {
        Machine machine;
        machine.put("1795163247.1", "s@d.example\nr@d.example\n");
        machine.files.is_full = true;
        const auto tally = machine.run();
        REQUIRE(tally);
        CHECK(tally->left == 1);
        CHECK(machine.records().empty());
        CHECK(machine.files.has(machine.queue() + "/1795163247.1"));
        machine.files.is_full = false;
        CHECK(machine.run()->picked_up == 1);
        CHECK(machine.records().size() == 1);
    }

    TEST_CASE(
        "what is no queue file goes to failed/; a bad recipient goes there without the others")
    {
        Machine machine;
        machine.files.set_text(machine.queue() + "/old", "no queue file");
        machine.clock.advance(std::chrono::hours(1));
        machine.put("1795163247.1", "s@d.example\nbad addr\nr@d.example\n");
        const auto tally = machine.run();
        REQUIRE(tally);
        CHECK(tally->refused == 2);
        CHECK(machine.files.names_in(machine.queue()).empty());
        const std::string failed = machine.directory.path() + "/failed/";
        CHECK(machine.files.text(failed + "old") == "no queue file");
        CHECK(machine.files.text(failed + "1795163247.1") ==
              "s@d.example\nbad addr\n\nSubject: hi\n\nx\n");
        CHECK(machine.records().at(0).envelope.recipients ==
              std::vector<std::string>{"r@d.example"});
    }

    TEST_CASE("killed or without power before any step: each mail is there once, and whole")
    {
        for (const bool is_cut : {false, true})
            for (int steps = 0; steps < kMoreStepsThanAnyRound; ++steps) {
                CAPTURE(is_cut);
                CAPTURE(steps);
                Machine machine;
                machine.put("1795163247.1", "s@d.example\nr@d.example\n");
                machine.put("1795163248.1", "s@d.example\nbad addr\nr2@d.example\n");
                const bool lasted = machine.lasts(steps, is_cut);
                // At any moment a mail is in the queue or in the spool.
                CHECK(machine.files.names_in(machine.queue()).size() +
                          machine.files.names_in(machine.spool() + "/messages").size() >=
                      2);
                REQUIRE(machine.run());
                CHECK(machine.records().size() == 2);
                CHECK(machine.files.names_in(machine.queue()).empty());
                CHECK(machine.files.names_in(machine.directory.path() + "/failed").size() == 1);
                CHECK(machine.files.names_in(machine.spool() + "/incoming").empty());
                if (lasted) break;
                REQUIRE(steps + 1 < kMoreStepsThanAnyRound);
            }
    }

    TEST_CASE("killed and then without power: what the next run removed is in the spool")
    {
        for (int steps = 0; steps < kMoreStepsThanAnyRound; ++steps) {
            CAPTURE(steps);
            Machine machine;
            machine.put("1795163247.1", "s@d.example\nr@d.example\n");
            const bool lasted = machine.lasts(steps, false);
            REQUIRE(machine.run());
            machine.files.restart();
            CHECK(machine.records().size() == 1);
            REQUIRE(machine.run());  // the removal may not have been durable
            CHECK(machine.records().size() == 1);
            CHECK(machine.files.names_in(machine.queue()).empty());
            if (lasted) break;
        }
    }

    TEST_CASE(
        "killed before the removal, a mail that postmaster has moved since comes no second time")
    {
        for (const char* shelf : {"held", "failed", "state/handed"}) {
            CAPTURE(shelf);
            Machine machine;
            machine.put("1795163247.1", "s@d.example\nr@d.example\n");
            machine.die_after_the_commit();
            const std::string name = SpoolLayout::file_name({machine.records()[0].id});
            const std::string there =
                std::string(shelf) == "state/handed" ? "20261120-" + name : name;
            REQUIRE(machine.files.rename_over(machine.spool() + "/messages/" + name,
                                              machine.spool() + "/" + shelf + "/" + there));
            CHECK(machine.run()->picked_up == 1);
            CHECK(machine.records().empty());
            CHECK(machine.files.names_in(machine.queue()).empty());
        }
    }

    TEST_CASE("settled and deleted meanwhile, it comes again under its id, for the ledger to stop")
    {
        Machine machine;
        machine.put("1795163247.1", "s@d.example\nr@d.example\n");
        machine.die_after_the_commit();
        const Record first = machine.records()[0];
        REQUIRE(machine.files.unlink(machine.spool() + "/messages/" +
                                     SpoolLayout::file_name({first.id})));
        CHECK(machine.run()->picked_up == 1);
        REQUIRE(machine.records().size() == 1);
        CHECK(machine.records()[0] == first);
    }

    TEST_CASE("the catcher's start leaves what a pickup is writing, and the other way round")
    {
        Machine machine;
        auto pickup = mail::DirectoryIntake::open_beside("pickup-1", {machine.spool(), 1, true, {}},
                                                         machine.files, machine.clock);
        REQUIRE(pickup);
        const std::string ours = (*pickup)->layout().incoming(kFile);
        machine.files.set_text(ours, "being written");
        machine.files.set_text(machine.spool() + "/incoming/" + kFile.hex() + ".json", "debris");
        auto catcher = mail::DirectoryIntake::open({machine.spool(), 1, true, {}}, machine.files,
                                                   machine.clock);
        REQUIRE(catcher);
        CHECK(machine.files.names_in(machine.spool() + "/incoming") ==
              std::vector<std::string>{"pickup-1-" + kFile.hex() + ".json"});
        machine.files.set_text(machine.spool() + "/incoming/" + kFile.hex() + ".json",
                               "a client's");
        const auto second = mail::DirectoryIntake::open_beside(
            "pickup-1", {machine.spool(), 1, true, {}}, machine.files, machine.clock);
        CHECK_FALSE(second);  // its lock is held
        pickup->reset();
        CHECK(mail::DirectoryIntake::open_beside("pickup-1", {machine.spool(), 1, true, {}},
                                                 machine.files, machine.clock));
        CHECK(machine.files.names_in(machine.spool() + "/incoming") ==
              std::vector<std::string>{kFile.hex() + ".json"});
    }
}
