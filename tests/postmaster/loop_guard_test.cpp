#include "postmaster/loop_guard.h"

#include <doctest/doctest.h>

#include "postmaster/loop_marks.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace postmaster;
using mail::SpoolId;

namespace
{

const std::string kBy =
    "Received: from app (localhost [127.0.0.1])\r\n\tby courier.example (Postfix) with ESMTP id "
    "4\r\n"
    "\tfor <ann@example.org>; Fri, 20 Nov 2026 08:00:00 +0000\r\n";
const std::string kId = "Message-ID: <one@app.example>\r\n";

SpoolId id(int number)
{
    return *SpoolId::parse(std::string(24, '0') + std::to_string(10'000'000 + number));
}

struct Fixture {
    mail::test::ManualClock clock;
    mail::test::TemporaryDirectory directory;
    std::unique_ptr<LoopGuard> guard = open();
    int mails = 0;

    std::unique_ptr<LoopGuard> open()
    {
        REQUIRE(mail::system_files().make_dir(directory.path() + "/state"));
        auto opened = LoopGuard::open(mail::SpoolLayout(directory.path()), {"courier.example"},
                                      mail::system_files(), clock);
        REQUIRE(opened);
        return std::move(*opened);
    }
    unsigned comes(const std::string& header, std::vector<std::string> recipients = {"a@b.example"})
    {
        return guard->passages(id(++mails), {"s@b.example", std::move(recipients), false},
                               kBy + header + "\r\nbody\r\n", header + "\r\nbody\r\n");
    }
};

}  // namespace

TEST_SUITE("postmaster/loop_marks")
{
    TEST_CASE(
        "a Received field names the courier after by, after from, and as the name found (RFC 5321 "
        "4.4)")
    {
        struct Row {
            const char* field;
            bool names;
        };
        const Row rows[] = {
            {"Received: by courier.example (Postfix, from userid 33)", true},
            {"received: from app by\r\n COURIER.EXAMPLE. with SMTP; Fri", true},
            {"Received: from courier.example (courier.example [192.0.2.1]) by mx.example", true},
            {"Received: from smtp (courier.example [192.0.2.1])\r\n\tby mx.example; Fri", true},
            {"Received: from smtp by courier.example; Fri", true},
            {"Received: from x.courier.example by courier.example.net", false},
            {"Received: from app by mx.example (Postfix, by courier.example)", false},
            {"Received: from app (app [10.0.0.5] courier.example) by mx.example", false},
            {"Received: from app by mx.example for <courier.example>; Fri", false},
            {"Received: (courier.example)", false},
            {"Received: from", false},
            {"Received: ))) by courier.example", true},
            {"X-Received: by courier.example", false},
            {"Subject: by courier.example", false},
        };
        for (const Row& row : rows) {
            CAPTURE(row.field);
            const std::string content = std::string("Subject: hi\r\n") + row.field + "\r\n\r\nx";
            CHECK(names_courier(content, {"other.example", "courier.example"}) == row.names);
            CHECK_FALSE(names_courier(content, {}));
        }
        CHECK_FALSE(names_courier("\r\nReceived: by courier.example\r\n", {"courier.example"}));
    }

    TEST_CASE("a key is of the Message-ID and the recipients, in any order and case; else of all")
    {
        const std::string mail = kId + "\r\nbody";
        const std::string key = loop_key(mail, {"a@b.example", "c@b.example"});
        CHECK(key.size() == 32);
        CHECK(key ==
              loop_key("X-New: on top\r\n" + mail + "other", {"C@b.example", "a@B.example"}));
        CHECK(key != loop_key(mail, {"a@b.example"}));
        CHECK(key != loop_key("Message-ID: <two@app.example>\r\n\r\nbody",
                              {"a@b.example", "c@b.example"}));
        CHECK(loop_key("Subject: x\r\n\r\nbody", {"a"}) ==
              loop_key("Subject: x\r\n\r\nbody", {"a"}));
        CHECK(loop_key("Subject: x\r\n\r\nbody", {"a"}) !=
              loop_key("Subject: x\r\n\r\nbodz", {"a"}));
    }
}

TEST_SUITE("postmaster/loop_guard")
{
    TEST_CASE_FIXTURE(Fixture, "a mail that has not been out has come round no time")
    {
        CHECK(guard->passages(id(1), {"s", {"a"}, false}, kId + "\r\n", kId + "\r\n") == 0);
    }

    TEST_CASE_FIXTURE(Fixture, "each return of the same mail counts, each mail by itself")
    {
        CHECK(comes(kId) == 1);
        CHECK(comes(kId) == 2);
        CHECK(comes("Message-ID: <two@app.example>\r\n") == 1);
        CHECK(comes(kId, {"other@b.example"}) == 1);
        CHECK(comes(kId) == 3);
        CHECK(comes(kId) == 4);
    }

    TEST_CASE_FIXTURE(Fixture, "a mail that is lent again is not counted again")
    {
        CHECK(comes(kId) == 1);
        CHECK(comes(kId) == 2);
        mails = 0;
        CHECK(comes(kId) == 1);
        CHECK(comes(kId) == 2);
        CHECK(comes(kId) == 3);
    }

    TEST_CASE_FIXTURE(Fixture, "counts are there after a restart, and gone after a day")
    {
        for (int i = 0; i < 3; ++i) comes(kId);
        guard = open();
        CHECK(comes(kId) == 4);
        clock.advance(std::chrono::hours(25));
        guard = open();
        CHECK(comes(kId) == 1);
    }

    TEST_CASE_FIXTURE(Fixture, "a disk that takes no line keeps no mail from being counted")
    {
        mail::test::MemoryFiles files;
        auto opened =
            LoopGuard::open(mail::SpoolLayout("/spool"), {"courier.example"}, files, clock);
        REQUIRE(opened);
        guard = std::move(*opened);
        files.fail_after(0, ENOSPC, true);
        CHECK(comes(kId) == 1);
        CHECK(comes(kId) == 2);
    }
}

TEST_SUITE("postmaster/loop_book")
{
    TEST_CASE("a passage reads back as it was written, and other lines are none")
    {
        const Passage passage{1'700'000'000, id(7), std::string(32, 'a')};
        CHECK(decode_passage(encode_passage(passage)) == passage);
        const std::string good = encode_passage(passage);
        for (const std::string& bad :
             {std::string(), good + "  ", good + " x", good.substr(1, 20), "-" + good,
              "99999999999999999999" + good, "9000000000000000000" + good.substr(10),
              good.substr(0, good.size() - 1), std::string("\0", 1) + good}) {
            CAPTURE(bad);
            CHECK_FALSE(decode_passage(bad));
        }
        for (std::size_t i = 0; i < good.size(); ++i) {
            CAPTURE(i);
            CHECK_FALSE(decode_passage(good.substr(0, i)));
        }
    }

    TEST_CASE("a passage of a clock that was a year ahead is forgotten")
    {
        LoopBook book;
        const std::string key(32, 'a');
        for (int i = 0; i < 3; ++i) book.count({1'800'000'000, id(i), key});
        CHECK(book.count({1'768'000'000, id(9), key}).passages == 1);
        CHECK(book.count({1'768'000'060, id(10), key}).passages == 2);
    }

    TEST_CASE("a clock set back by an hour forgets nothing")
    {
        LoopBook book;
        const std::string key(32, 'a');
        for (int i = 0; i < 3; ++i) book.count({1'768'000'000 + i, id(i), key});
        CHECK(book.count({1'768'000'000 - 3600, id(9), key}).passages == 4);
    }

    TEST_CASE("the book is bounded: the oldest are forgotten first")
    {
        LoopBook book;
        for (int i = 0; i < 2; ++i) book.count({1'768'000'000, id(i), std::string(32, 'a')});
        for (std::size_t i = 0; i < LoopBook::kMostPassages - 1; ++i)
            book.count({1'768'000'000, id(100 + static_cast<int>(i)), std::string(32, 'b')});
        CHECK(book.count({1'768'000'000, id(2), std::string(32, 'a')}).passages == 2);
    }
}
