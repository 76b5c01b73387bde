/// Who waits for whom in the commit journal. What a power cut leaves of it: journaled_intake_test.
#include "common/spool/commit_journal.h"

#include <doctest/doctest.h>

#include <chrono>
#include <future>

#include "tests/support/memory_files.h"

using namespace mail;

namespace
{

thread_local bool is_writer = false;

/// A journal whose next group stays with the disk until let_go(). Its files are touched by one
/// thread at a time, as long as the journal keeps to its rules.
struct Desk {
    Desk()
    {
        auto opened = CommitJournal::open(
            layout, files,
            {.file_bytes = 64 * 1024, .checkpoint_after = std::chrono::milliseconds(0)});
        REQUIRE(opened);
        journal = std::move(*opened);
    }
    ~Desk() { let_go(); }

    CommitJournal::Group append()
    {
        const auto group = journal->append({{SpoolId::generate(WallTime{}), "{}"}});
        REQUIRE(group);
        return *group;
    }
    /// Returns when the group's write has begun.
    std::future<CommitJournal::Group> append_slowly()
    {
        files.before_step = [this] {
            if (!std::exchange(is_writer, false)) return;
            began.set_value();
            may_end.get_future().wait();
        };
        auto group = std::async(std::launch::async, [this] {
            is_writer = true;
            return append();
        });
        began.get_future().wait();
        return group;
    }
    void let_go()
    {
        if (!std::exchange(is_let_go, true)) may_end.set_value();
    }
    std::size_t entries_in_first() const
    {
        return parse_commits(files.text(layout.commits(0))).entries.size();
    }

    SpoolLayout layout{"/spool"};
    test::MemoryFiles files;
    std::unique_ptr<CommitJournal> journal;
    std::promise<void> began, may_end;
    bool is_let_go = false;
};

template <class T>
bool ends(const std::future<T>& call)
{
    return call.wait_for(std::chrono::seconds(20)) == std::future_status::ready;
}

template <class T>
bool waits(const std::future<T>& call)
{
    return call.wait_for(std::chrono::milliseconds(50)) == std::future_status::timeout;
}

}  // namespace

TEST_SUITE("common/spool/commit_journal")
{
    TEST_CASE("while a group is with the disk, an older one is published, and the state is told")
    {
        Desk desk;
        const auto older = desk.append();
        auto slow = desk.append_slowly();
        const auto others = std::async(std::launch::async, [&] {
            desk.journal->published(older);
            return desk.journal->is_lost();
        });
        CHECK(ends(others));
        CHECK(waits(slow));
        desk.let_go();
        desk.journal->published(slow.get());
        CHECK(desk.entries_in_first() == 2);
    }

    TEST_CASE("a second group waits for the first, and is written behind it")
    {
        Desk desk;
        auto slow = desk.append_slowly();
        auto second = std::async(std::launch::async, [&] { return desk.append(); });
        CHECK(waits(second));
        desk.let_go();
        CHECK(second.get() == slow.get());
        CHECK(desk.entries_in_first() == 2);
    }

    TEST_CASE(
        "a checkpoint waits for the group that is written, and for the names of those before it")
    {
        Desk desk;
        auto slow = desk.append_slowly();
        const auto checkpoint =
            std::async(std::launch::async, [&] { return desk.journal->checkpoint().has_value(); });
        CHECK(waits(checkpoint));
        desk.let_go();
        const auto group = slow.get();
        CHECK(waits(checkpoint));
        CHECK(desk.entries_in_first() == 1);
        desk.journal->published(group);
        CHECK(ends(checkpoint));
        CHECK(desk.entries_in_first() == 0);
    }

    TEST_CASE("a group takes whole pages for all of it, not for each mail")
    {
        Desk desk;
        const std::string json(kCommitPageBytes - 100, 'x');
        std::vector<CommitEntry> entries;
        for (int i = 0; i < 15; ++i) entries.push_back({SpoolId::generate(WallTime{}), json});
        CHECK(desk.journal->can_hold(15 * commit_bytes_of(json.size())));
        CHECK(desk.journal->append(entries));
        CHECK(desk.entries_in_first() == 15);
    }
}
