#include "postman/original_intake.h"

#include <doctest/doctest.h>

#include "common/line_ends.h"
#include "tests/support/memory_files.h"

using mail::test::MemoryFiles;
using postman::adopt_original;
using postman::OriginalIntake;

namespace
{

std::string original(int number)
{
    return R"({"mail_from": "web@app.example", "rcpt_tos": ["ann@example.org"], "subject": "s", "body": "b", "data": "Subject: )" +
           std::to_string(number) + R"(\n\nHello\n", "timestamp": "2026-11-20T08:27:27.123456"})";
}

const std::string kAnswer = "[" + original(1) + ", " + original(2) + ", " + original(3) + "]";

std::size_t count_in(MemoryFiles& files, const std::string& directory)
{
    std::size_t count = 0;
    REQUIRE(files.list("/state/" + directory, [&](std::string_view) { ++count; }));
    return count;
}

bool all_mails_are_whole(MemoryFiles& files)
{
    bool whole = true;
    REQUIRE(files.list("/state/messages", [&](std::string_view file) {
        const auto name = mail::SpoolLayout::parse(file);
        const auto json = files.read_all("/state/messages/" + std::string(file), 1 << 20);
        whole = whole && name && json && mail::decode_record(*json, name->id);
    }));
    return whole;
}

bool fetch(OriginalIntake& intake, const std::string& answer)
{
    return intake.begin_answer("one") && intake.add(answer) && intake.keep_answer();
}

}  // namespace

TEST_SUITE("postman/original_intake")
{
    TEST_CASE("a record of the original gets an id from its bytes, its sum, and CRLF line ends")
    {
        const auto record = adopt_original(original(1));
        REQUIRE(record);
        CHECK(record->content == "Subject: 1\r\n\r\nHello\r\n");
        CHECK(record->sha256 == mail::sha256_hex(record->content));
        CHECK(record->envelope.reverse_path == "web@app.example");
        CHECK(adopt_original(original(1))->id == record->id);
        CHECK(adopt_original(original(2))->id != record->id);
        CHECK_FALSE(adopt_original(R"({"mail_from": "x"})"));
    }

    TEST_CASE("line ends become CRLF whatever they were, and a lone CR stays")
    {
        CHECK(mail::with_crlf_line_ends("a\nb\r\nc\r\r\nd\re") == "a\r\nb\r\nc\r\nd\re");
        CHECK(mail::with_crlf_line_ends("a\r") == "a\r");
        CHECK(mail::with_crlf_line_ends("") == "");
    }

    TEST_CASE("an answer becomes mails, and then it is gone")
    {
        MemoryFiles files;
        OriginalIntake intake(mail::SpoolLayout("/state"), files);
        REQUIRE(fetch(intake, kAnswer));
        const auto taken = intake.take_in();
        REQUIRE(taken);
        CHECK(taken->mails == 3);
        CHECK(count_in(files, "messages") == 3);
        CHECK(count_in(files, "fetched") == 0);
        CHECK(count_in(files, "incoming") == 0);
    }

    TEST_CASE("the empty array leaves nothing, and so does an empty answer")
    {
        MemoryFiles files;
        OriginalIntake intake(mail::SpoolLayout("/state"), files);
        for (const char* answer : {"[]", ""}) {
            REQUIRE(fetch(intake, answer));
            CHECK(intake.take_in()->mails == 0);
            CHECK(count_in(files, "fetched") == 0);
        }
    }

    TEST_CASE("what is no record is kept for a person to see; the others go on")
    {
        MemoryFiles files;
        OriginalIntake intake(mail::SpoolLayout("/state"), files);
        REQUIRE(fetch(intake, "[" + original(1) + R"(, {"mail_from": 7}, )" + original(2) + "]"));
        const auto taken = intake.take_in();
        REQUIRE(taken);
        CHECK(taken->mails == 2);
        CHECK(taken->unsound == 1);
        CHECK(count_in(files, "corrupt") == 1);
    }

    TEST_CASE("of a cut answer every whole record counts, wherever it is cut")
    {
        for (std::size_t cut = 1; cut < kAnswer.size(); ++cut) {
            CAPTURE(cut);
            MemoryFiles files;
            OriginalIntake intake(mail::SpoolLayout("/state"), files);
            REQUIRE(fetch(intake, kAnswer.substr(0, cut)));
            const auto taken = intake.take_in();
            REQUIRE(taken);
            std::size_t whole = 0;
            for (std::size_t at = 0; (at = kAnswer.find("\"}", at)) != std::string::npos; ++at)
                whole += at + 2 <= cut;
            CHECK(taken->mails == whole);
            CHECK(count_in(files, "corrupt") == 1);
            CHECK(count_in(files, "fetched") == 0);
        }
    }

    TEST_CASE(
        "a power cut at any step after an answer was kept loses no mail and makes no second one")
    {
        const std::string answer =
            "[" + original(1) + R"(, {"mail_from": "unsound"}, )" + original(3) + "]";
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            MemoryFiles files;
            OriginalIntake intake(mail::SpoolLayout("/state"), files);
            REQUIRE(fetch(intake, answer));
            files.fail_after(steps, EIO, true);
            const bool was_done = bool(intake.take_in());
            files.restart_torn(7);
            REQUIRE(OriginalIntake(mail::SpoolLayout("/state"), files).take_in());
            CHECK(count_in(files, "messages") == 2);
            CHECK(all_mails_are_whole(files));
            CHECK(count_in(files, "corrupt") == 1);
            CHECK(count_in(files, "fetched") == 0);
            if (was_done) return;
        }
    }

    TEST_CASE("what a crash left of an answer on its way is taken in as far as it came")
    {
        MemoryFiles files;
        OriginalIntake intake(mail::SpoolLayout("/state"), files);
        REQUIRE(intake.begin_answer("one"));
        REQUIRE(intake.add(kAnswer));
        files.restart_torn(kAnswer.find(original(3)));  // two records had reached the disk
        CHECK(OriginalIntake(mail::SpoolLayout("/state"), files).take_in()->mails == 2);
    }

    TEST_CASE("a full disk ends the exchange")
    {
        MemoryFiles files;
        OriginalIntake intake(mail::SpoolLayout("/state"), files);
        REQUIRE(intake.begin_answer("one"));
        files.fail_after(0, EIO, true);
        CHECK_FALSE(intake.add("["));
    }
}
