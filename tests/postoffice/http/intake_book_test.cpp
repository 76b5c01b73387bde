#include "postoffice/http/intake_book.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace postoffice::http;
using Verdict = IntakeBook::Verdict;

namespace
{

const std::string kDigest(64, 'd');

std::string nonce(int number)
{
    return "nonce-of-a-request-" + std::to_string(1000 + number);
}

struct Desk {
    explicit Desk(BookLimits with = {}) : limits(with) { open(); }

    void open()
    {
        book.reset();
        auto opened = IntakeBook::open(layout, files, clock, limits);
        REQUIRE(opened);
        book = std::move(*opened);
    }
    void cut_and_open()
    {
        book.reset();
        files.restart();
        open();
    }
    mail::SpoolId new_id() { return mail::SpoolId::generate(clock.wall()); }
    /// As the service does it.
    Verdict take(IntakeBook::Request request, mail::SpoolId& id)
    {
        auto claim = book->begin(std::move(request));
        if (claim.verdict() == Verdict::fresh) id = new_id();
        if (claim.verdict() == Verdict::repeat) id = claim.id();
        if (claim.verdict() == Verdict::fresh || claim.verdict() == Verdict::repeat)
            CHECK(claim.settle(id));
        return claim.verdict();
    }
    Verdict take(IntakeBook::Request request)
    {
        mail::SpoolId id;
        return take(std::move(request), id);
    }

    BookLimits limits;
    mail::SpoolLayout layout{"/spool"};
    mail::test::MemoryFiles files;
    mail::test::ManualClock clock;
    std::unique_ptr<IntakeBook> book;
};

}  // namespace

TEST_SUITE("postoffice/http/intake_book")
{
    TEST_CASE(
        "a nonce is taken once, over a power cut too, until no request could carry it any more")
    {
        Desk desk;
        CHECK(desk.take({nonce(1)}) == Verdict::fresh);
        CHECK(desk.take({nonce(1)}) == Verdict::nonce_seen);
        CHECK(desk.take({nonce(2)}) == Verdict::fresh);
        desk.cut_and_open();
        CHECK(desk.take({nonce(1)}) == Verdict::nonce_seen);
        desk.clock.advance(std::chrono::seconds(599));
        CHECK(desk.take({nonce(1)}) == Verdict::nonce_seen);
        desk.cut_and_open();
        CHECK(desk.take({nonce(2)}) == Verdict::nonce_seen);
        desk.clock.advance(std::chrono::seconds(3));
        CHECK(desk.take({nonce(1)}) == Verdict::fresh);
    }

    TEST_CASE("a wall clock that jumps ahead forgets no nonce")
    {
        Desk desk;
        CHECK(desk.take({nonce(1)}) == Verdict::fresh);
        desk.clock.jump_wall(std::chrono::hours(1));
        CHECK(desk.take({nonce(1)}) == Verdict::nonce_seen);
        desk.clock.jump_wall(std::chrono::hours(-1));
        CHECK(desk.take({nonce(1)}) == Verdict::nonce_seen);
    }

    TEST_CASE("a request whose mail was not stored may come again as it is")
    {
        Desk desk;
        {
            const auto claim = desk.book->begin({nonce(1), "key", kDigest});
            CHECK(claim.verdict() == Verdict::fresh);
            CHECK(desk.book->begin({nonce(1), "key", kDigest}).verdict() == Verdict::nonce_seen);
            CHECK(desk.book->begin({nonce(2), "key", kDigest}).verdict() == Verdict::being_stored);
        }
        CHECK(desk.take({nonce(1), "key", kDigest}) == Verdict::fresh);
    }

    TEST_CASE("an Idempotency-Key gets the first id for 24 hours, over a power cut too")
    {
        Desk desk;
        mail::SpoolId first;
        mail::SpoolId again;
        CHECK(desk.take({nonce(1), "key", kDigest}, first) == Verdict::fresh);
        desk.clock.advance(std::chrono::seconds(1));
        CHECK(desk.take({nonce(2), "key", kDigest}, again) == Verdict::repeat);
        CHECK(again == first);
        desk.cut_and_open();
        desk.clock.advance(std::chrono::hours(23));
        CHECK(desk.take({nonce(3), "key", kDigest}, again) == Verdict::repeat);
        CHECK(again == first);
        desk.clock.advance(std::chrono::hours(2));
        CHECK(desk.take({nonce(4), "key", kDigest}, again) == Verdict::fresh);
        CHECK(again != first);
    }

    TEST_CASE("an Idempotency-Key is for one mail; without one equal mails are two")
    {
        Desk desk;
        CHECK(desk.take({nonce(1), "key", kDigest}) == Verdict::fresh);
        CHECK(desk.take({nonce(2), "key", std::string(64, 'e')}) == Verdict::other_mail);
        CHECK(desk.take({nonce(3), "Key", kDigest}) == Verdict::fresh);
        CHECK(desk.take({nonce(4)}) == Verdict::fresh);
        CHECK(desk.take({nonce(5)}) == Verdict::fresh);
        // What was refused used no nonce up.
        CHECK(desk.take({nonce(2)}) == Verdict::fresh);
    }

    TEST_CASE("memory is bounded: nonces are never forgotten early, the oldest answers are")
    {
        Desk desk({.nonces = 3, .answers = 2});
        CHECK(desk.take({nonce(1), "one", kDigest}) == Verdict::fresh);
        desk.clock.advance(std::chrono::seconds(1));
        CHECK(desk.take({nonce(2), "two", kDigest}) == Verdict::fresh);
        CHECK(desk.take({nonce(3), "three", kDigest}) == Verdict::fresh);
        CHECK(desk.take({nonce(4)}) == Verdict::full);
        desk.clock.advance(std::chrono::minutes(11));
        CHECK(desk.take({nonce(4), "three", kDigest}) == Verdict::repeat);
        CHECK(desk.take({nonce(5), "one", kDigest}) == Verdict::fresh);
    }

    TEST_CASE("on a disk without a free byte the book is still written")
    {
        Desk desk;
        desk.files.is_full = true;
        for (int i = 0; i < 100; ++i) CHECK(desk.take({nonce(i), "key", kDigest}) != Verdict::full);
        desk.cut_and_open();
        for (int i = 0; i < 100; ++i) CHECK(desk.take({nonce(i)}) == Verdict::nonce_seen);
    }

    TEST_CASE("a book that cannot be written says so, and this process still takes nothing twice")
    {
        Desk desk;
        desk.files.fail_after(0, EIO, true);
        {
            auto claim = desk.book->begin({nonce(1), "key", kDigest});
            CHECK_FALSE(claim.settle(desk.new_id()));
        }
        CHECK(desk.book->begin({nonce(1)}).verdict() == Verdict::nonce_seen);
        CHECK(desk.book->begin({nonce(2), "key", kDigest}).verdict() == Verdict::repeat);
        desk.files.end_faults();
        CHECK(desk.take({nonce(3)}) == Verdict::fresh);  // with a checkpoint of all that is known
        desk.cut_and_open();
        CHECK(desk.take({nonce(1)}) == Verdict::nonce_seen);
        CHECK(desk.take({nonce(4), "key", kDigest}) == Verdict::repeat);
    }

    TEST_CASE("a torn line is none, and whatever was settled before it is known")
    {
        for (std::size_t bytes = 0; bytes < 200; bytes += 7) {
            CAPTURE(bytes);
            Desk desk;
            CHECK(desk.take({nonce(1), "key", kDigest}) == Verdict::fresh);
            desk.files.fail_after(0, EIO, false, "sync");
            {
                auto claim = desk.book->begin({nonce(2), "other", kDigest});
                static_cast<void>(claim.settle(desk.new_id()));
            }
            desk.book.reset();
            desk.files.restart_torn(bytes);
            desk.open();
            CHECK(desk.take({nonce(1)}) == Verdict::nonce_seen);
            CHECK(desk.take({nonce(3), "key", kDigest}) == Verdict::repeat);
        }
    }

    TEST_CASE("the power goes at any step: what was settled before is known afterwards")
    {
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            Desk desk;
            int settled = 0;
            desk.files.cut_after(steps);
            bool is_cut = false;
            try {
                for (int i = 0; i < 8; ++i) {
                    auto claim = desk.book->begin({nonce(i), nonce(i), kDigest});
                    REQUIRE(claim.verdict() == Verdict::fresh);
                    if (claim.settle(desk.new_id())) settled = i + 1;
                }
            } catch (const mail::test::PowerCut&) {
                is_cut = true;
            }
            desk.cut_and_open();
            for (int i = 0; i < settled; ++i) {
                CHECK(desk.take({nonce(i)}) == Verdict::nonce_seen);
                CHECK(desk.take({nonce(100 + i), nonce(i), kDigest}) == Verdict::repeat);
            }
            if (!is_cut) break;
        }
    }

    TEST_CASE("of threads that bring the same request at the same time one is taken")
    {
        Desk desk;
        std::atomic<int> taken{0};
        {
            std::vector<std::jthread> threads;
            for (int thread = 0; thread < 8; ++thread)
                threads.emplace_back([&desk, &taken] {
                    for (int i = 0; i < 50; ++i) {
                        auto claim = desk.book->begin({nonce(i), nonce(i), kDigest});
                        if (claim.verdict() != Verdict::fresh) continue;
                        if (claim.settle(mail::SpoolId::generate({}))) ++taken;
                    }
                });
        }
        CHECK(taken == 50);
        desk.cut_and_open();
        for (int i = 0; i < 50; ++i) CHECK(desk.take({nonce(i)}) == Verdict::nonce_seen);
    }

    TEST_CASE("the journal's words: what is written is read, what is unsound is passed over")
    {
        std::string payload;
        const UsedNonce used{nonce(1), 17};
        const KeptAnswer kept{std::string(64, 'a'), kDigest, std::string(32, '0'), 18};
        append_entry(payload, used);
        append_entry(payload, kept);
        CHECK(parse_entries(payload) == std::vector<BookEntry>{used, kept});
        for (const char* word :
             {"n:short:17", "n:nonce-of-a-request-0001:", "n:nonce-of-a-request-0001:-7",
              "n:nonce-of-a-request-0001:7x", "k:a:b:c:1", "x:1", ":", "n", "k:::"}) {
            CAPTURE(word);
            CHECK(parse_entries(word).empty());
            CHECK(parse_entries(std::string(word) + "  " + payload).size() == 2);
        }
    }
}
