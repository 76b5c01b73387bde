#include "postmaster/gate.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/postmaster/gate_rules.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

using namespace postmaster;
using mail::Pick;
using mail::Record;
using mail::SpoolId;

namespace
{

const std::string kClean = "Subject: hi\r\n\r\nbody\r\n";
const std::string kSecretInText = "Subject: hi\r\n\r\nsee http://web1.internal/x\r\n";

struct Fixture {
    mail::test::TemporaryDirectory directory;
    mail::SpoolLayout layout{directory.path()};
    mail::test::ManualClock clock;
    Settings settings = test::settings_with({"web1.internal"});
    int mails = 0;

    Fixture() { REQUIRE(mail::system_files().make_dir(layout.state_dir())); }

    Record record(const std::string& content, const std::string& sender = "shop@app.example")
    {
        Record made;
        made.id = *SpoolId::parse(std::string(24, '0') + std::to_string(10'000'000 + ++mails));
        made.envelope = {sender, {"ann@example.org"}, false};
        made.subject = "as stored";
        made.content = content;
        made.sha256 = mail::sha256_hex(content);
        return made;
    }
    static Judgement judge(Gate& gate, const Record& record, bool as_is = false)
    {
        return gate.judge(Pick{record.id, false, as_is}, record);
    }
    std::unique_ptr<GateReport> report()
    {
        auto opened = GateReport::open(layout);
        REQUIRE(opened);
        return std::move(*opened);
    }
    std::vector<GateReportEntry> entries() { return read_gate_report(layout).value(); }
};

}  // namespace

TEST_SUITE("postmaster/gate")
{
    TEST_CASE_FIXTURE(Fixture, "a clean mail passes as it is")
    {
        Gate gate(test::rules_of(settings));
        const auto judged = judge(gate, record(kClean));
        CHECK_FALSE(judged.stop);
        CHECK(judged.record.content == kClean);
        CHECK(judged.changed == 0);
    }

    TEST_CASE_FIXTURE(Fixture, "what can be cleaned is cleaned, with sum and subject anew")
    {
        Gate gate(test::rules_of(settings));
        const auto judged = judge(gate, record("Received: from web1.internal by x\r\n" + kClean));
        CHECK_FALSE(judged.stop);
        CHECK(judged.record.content == kClean);
        CHECK(judged.record.sha256 == mail::sha256_hex(kClean));
        CHECK(judged.record.subject == "hi");
        CHECK(judged.changed == 1);
    }

    TEST_CASE_FIXTURE(Fixture, "the reverse-path is lent as the operator's map has it")
    {
        settings.rewrite = {"@web1.internal=@shop.example"};
        Gate gate(test::rules_of(settings));
        const auto judged = judge(gate, record(kClean, "www-data@web1.internal"));
        CHECK_FALSE(judged.stop);
        CHECK(judged.record.envelope.reverse_path == "www-data@shop.example");
    }

    TEST_CASE_FIXTURE(Fixture, "what cannot be cleaned is stopped, in its class and with its place")
    {
        struct Row {
            HeldFor why;
            std::string content, sender, place;
        };
        const std::string sender = "shop@app.example";
        const Row rows[] = {
            {HeldFor::text, kSecretInText, sender, "part 1"},
            {HeldFor::header, "Subject: from web1.internal\r\n\r\nx\r\n", sender, "Subject"},
            {HeldFor::envelope, kClean, "www-data@web1.internal", "envelope"},
            {HeldFor::attachment,
             "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
             "d2ViMS5pbnRlcm5hbCBpcyB0aGUgaG9zdA==\r\n",
             sender, ""},
        };
        Gate gate(test::rules_of(settings));
        for (const Row& row : rows) {
            CAPTURE(name_of(row.why));
            const auto judged = judge(gate, record(row.content, row.sender));
            REQUIRE(judged.stop);
            CHECK(name_of(judged.stop->why) == name_of(row.why));
            CHECK(judged.stop->reason.find("web1.internal") != std::string::npos);
            CHECK(judged.stop->findings > 0);
            CHECK(judged.stop->places.find(row.place) != std::string::npos);
        }
    }

    TEST_CASE_FIXTURE(Fixture, "a mail that was released as it is is scrubbed and not stopped")
    {
        Gate gate(test::rules_of(settings));
        const auto judged =
            judge(gate, record("Received: by web1.internal\r\n" + kSecretInText), true);
        CHECK_FALSE(judged.stop);
        CHECK(judged.record.content == kSecretInText);
    }

    TEST_CASE_FIXTURE(Fixture, "with a report nothing is stopped, and each mail is noted once")
    {
        const auto noted = report();
        Gate gate(test::rules_of(settings), nullptr, noted.get());
        const Record leaking = record(kSecretInText, "www-data@web1.internal");
        for (int lease = 0; lease < 3; ++lease) CHECK_FALSE(judge(gate, leaking).stop);
        CHECK_FALSE(judge(gate, record(kClean)).stop);
        const auto all = entries();
        REQUIRE(all.size() == 1);
        CHECK(all[0].id == leaking.id);
        CHECK(all[0].is_held);
        REQUIRE(all[0].addresses.size() == 1);
        CHECK(all[0].addresses[0].address == "www-data@web1.internal");
        REQUIRE(all[0].values.size() == 1);
        CHECK(all[0].values[0] == ReportedValue{"web1.internal", "text", false});

        const auto again = report();
        Gate restarted(test::rules_of(settings), nullptr, again.get());
        CHECK_FALSE(judge(restarted, leaking).stop);
        CHECK(entries().size() == 1);
    }

    TEST_CASE_FIXTURE(Fixture, "an address field that shows the origin asks for its rewrite")
    {
        const auto noted = report();
        Gate gate(test::rules_of(settings), nullptr, noted.get());
        judge(gate, record("From: Shop <www-data@web1.internal>\r\n" + kClean));
        const auto lines = suggestions(entries(), "shop.example", gate.rules().scrub);
        REQUIRE(lines.size() == 1);
        CHECK(lines[0].line == "rewrite = www-data@web1.internal=www-data@shop.example");
    }

    TEST_CASE_FIXTURE(Fixture, "mail that circles is stopped at its fourth return, report or not")
    {
        const auto noted = report();
        for (GateReport* reporting : {static_cast<GateReport*>(nullptr), noted.get()}) {
            auto loops = LoopGuard::open(layout, {"courier.example"}, mail::system_files(), clock);
            REQUIRE(loops);
            Gate gate(test::rules_of(settings), loops->get(), reporting);
            const std::string id = reporting == nullptr ? "<1@x.example>" : "<2@x.example>";
            const std::string content = "Received: by courier.example; x\r\nMessage-ID: " + id +
                                        "\r\nSubject: hi\r\n\r\nx\r\n";
            for (int round = 1; round <= 3; ++round) CHECK_FALSE(judge(gate, record(content)).stop);
            const Record fourth = record(content);
            const auto judged = judge(gate, fourth);
            REQUIRE(judged.stop);
            CHECK(judged.stop->why == HeldFor::loop);
            CHECK(judged.stop->reason.starts_with("loop"));
            CHECK_FALSE(judge(gate, fourth, true).stop);
        }
    }

    TEST_CASE_FIXTURE(Fixture, "couriers side by side get the same verdicts as one alone")
    {
        const auto noted = report();
        auto loops = LoopGuard::open(layout, {"courier.example"}, mail::system_files(), clock);
        REQUIRE(loops);
        Gate gate(test::rules_of(settings), loops->get(), noted.get());
        std::vector<Record> waiting;
        for (int i = 0; i < 40; ++i)
            waiting.push_back(record("Received: by courier.example; x\r\nMessage-ID: <" +
                                     std::to_string(i % 8) + "@x.example>\r\n" + kSecretInText));
        std::atomic<int> stopped = 0;
        {
            std::vector<std::jthread> couriers;
            for (std::size_t first = 0; first < 4; ++first)
                couriers.emplace_back([&, first] {
                    for (std::size_t i = first; i < waiting.size(); i += 4)
                        if (judge(gate, waiting[i]).stop) ++stopped;
                });
        }
        CHECK(stopped == 16);  // of eight waiting that came five times each, two each
        CHECK(entries().size() == 24);
    }
}
