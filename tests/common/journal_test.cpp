#include "common/spool/journal.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <random>

#include "common/checked_line.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace mail;

namespace
{

/// A journal whose state is the list of all payloads.
struct Kept {
    explicit Kept(const std::string& directory, Files& files = system_files(),
                  JournalSizes sizes = {})
        : journal(
              {directory + "/journal.0", directory + "/journal.1"}, files, [this] { return state; },
              sizes)
    {
        opened = journal.open([this](std::string_view payload) { state.emplace_back(payload); });
    }
    void add(const std::string& payload)
    {
        REQUIRE(journal.append(payload));
        state.push_back(payload);
    }
    std::vector<std::string> state;
    Journal journal;
    Result<Done> opened = Done{};
};

/// All of `wanted`, in that order; what was not answered may stand between.
bool contains(const std::vector<std::string>& found, const std::vector<std::string>& wanted)
{
    auto next = found.begin();
    for (const std::string& payload : wanted) {
        next = std::find(next, found.end(), payload);
        if (next == found.end()) return false;
        ++next;
    }
    return true;
}

std::string slurp(const std::string& path)
{
    return *system_files().read_all(path, 1 << 30);
}

}  // namespace

TEST_SUITE("common/spool/journal")
{
    TEST_CASE("what was appended is replayed, in order, over any number of starts")
    {
        const test::TemporaryDirectory directory;
        std::vector<std::string> expected;
        for (int start = 0; start < 4; ++start) {
            Kept kept(directory.path());
            REQUIRE(kept.opened);
            CHECK(kept.state == expected);
            for (int i = 0; i < 3; ++i)
                kept.add("change " + std::to_string(start) + "." + std::to_string(i));
            expected = kept.state;
        }
    }

    TEST_CASE("a file torn at any byte replays to a state that was once true")
    {
        const test::TemporaryDirectory directory;
        Kept kept(directory.path());
        for (const char* payload : {"one", "two", "three"}) kept.add(payload);
        for (const char* name : {"/journal.0", "/journal.1"}) {
            std::string content = slurp(directory.path() + name);
            content.resize(content.find('\0'));
            std::size_t longest = 0;
            for (std::size_t length = 0; length <= content.size(); ++length) {
                const Journal::Image image = Journal::parse(content.substr(0, length));
                REQUIRE(image.payloads.size() >= longest);
                longest = image.payloads.size();
                for (std::size_t i = 0; i < image.payloads.size(); ++i)
                    CHECK(image.payloads[i] == kept.state[i]);
            }
        }
    }

    TEST_CASE("a cut at any step of a start leaves the state, whatever of it reached the disk")
    {
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            std::mt19937_64 numbers(seed);
            const auto chance = [&](std::uint64_t bound) { return numbers() % bound; };
            bool lasted = false;
            for (int steps = 0; !lasted; ++steps) {
                CAPTURE(seed);
                CAPTURE(steps);
                test::MemoryFiles files;
                {
                    Kept kept("/state", files);
                    for (const char* payload : {"one", "two", "three"}) kept.add(payload);
                }
                files.restart();
                files.cut_after(steps);
                try {
                    const Kept kept("/state", files);
                    CHECK(kept.opened);
                    lasted = true;
                } catch (const test::PowerCut&) {
                }
                files.restart(chance);
                const Kept kept("/state", files);
                CHECK(kept.state == std::vector<std::string>{"one", "two", "three"});
            }
        }
    }

    TEST_CASE("a flipped bit ends the reading there, and lines of an older generation do not pass")
    {
        const std::string sound = "postoffice-journal 7\n" + checked_line(7, "checkpoint") +
                                  checked_line(7, "a") + checked_line(7, "b");
        CHECK(Journal::parse(sound).payloads == std::vector<std::string>{"a", "b"});
        std::string flipped = sound;
        flipped[flipped.size() - 2] ^= 1;
        CHECK(Journal::parse(flipped).payloads == std::vector<std::string>{"a"});
        CHECK(Journal::parse("postoffice-journal 8\n" + checked_line(8, "checkpoint") +
                             checked_line(8, "c") + checked_line(7, "a"))
                  .payloads == std::vector<std::string>{"c"});
        CHECK(Journal::parse("postoffice-journal 8\n" + checked_line(8, "a")).generation == 0);
        for (const char* foreign : {"", "x", "postoffice-journal \n", "postoffice-journal -1\n",
                                    "postoffice-journal 99999999999999999999999\n"})
            CHECK(Journal::parse(foreign).generation == 0);
    }

    TEST_CASE("a checkpoint that was never finished leaves the other file in force")
    {
        const test::TemporaryDirectory directory;
        {
            Kept kept(directory.path());
            kept.add("one");
        }
        // Both files were written; tear the newer in the middle of its checkpoint.
        const auto generation = [&](int slot) {
            return Journal::parse(slurp(directory.path() + "/journal." + std::to_string(slot)))
                .generation;
        };
        const int newer = generation(0) > generation(1) ? 0 : 1;
        std::ofstream(directory.path() + "/journal." + std::to_string(1 - newer))
            << "postoffice-journal 99\n"
            << checked_line(99, "never finished");
        Kept again(directory.path());
        CHECK(again.state == std::vector<std::string>{"one"});
    }

    TEST_CASE("what an unfinished checkpoint left never passes for a line of the next one")
    {
        const test::TemporaryDirectory directory;
        {
            const Kept kept(directory.path());
        }  // generations 1 and 2
        // As long as the line that will end the next checkpoint, so that the stale line begins
        // behind it.
        const std::string as_long = checked_line(3, std::string("checkpoint").replace(0, 1, "x"));
        for (const int slot : {0, 1}) {
            const std::string path = directory.path() + "/journal." + std::to_string(slot);
            if (Journal::parse(slurp(path)).generation == 1)
                std::ofstream(path) << "postoffice-journal 3\n"
                                    << as_long << checked_line(3, "stale");
        }
        const Kept kept(directory.path());
        for (const char* name : {"/journal.0", "/journal.1"})
            CHECK(Journal::parse(slurp(directory.path() + name)).payloads.empty());
    }

    TEST_CASE("whatever step fails once, what append answered is replayed after a power cut")
    {
        struct Row {
            int sys_errno;
            bool for_good;
            int more;  // appends behind the failure before the power goes
        };
        for (const Row& row : {Row{EIO, false, 0}, Row{EIO, false, 1}, Row{EIO, false, 30},
                               Row{ENOSPC, false, 0}, Row{ENOSPC, false, 30}, Row{EIO, true, 30}}) {
            bool was_struck = true;
            for (int steps = 0; was_struck; ++steps) {
                CAPTURE(row.sys_errno);
                CAPTURE(row.for_good);
                CAPTURE(row.more);
                CAPTURE(steps);
                test::MemoryFiles files;
                Kept kept("/state", files, {64, 128});
                REQUIRE(kept.opened);
                const int before = files.steps_taken();
                files.fail_after(steps, row.sys_errno, row.for_good);
                was_struck = false;
                int more = row.more;
                for (int i = 0; i < 30 && more >= 0; ++i) {
                    const std::string payload = "change " + std::to_string(i);
                    if (kept.journal.append(payload)) kept.state.push_back(payload);
                    was_struck = files.steps_taken() - before > steps;
                    if (was_struck) --more;
                }
                if (!row.for_good && row.more == 30) CHECK(kept.state.size() >= 29);
                CHECK(files.repeated_syncs == 0);
                files.restart();
                CHECK(contains(Kept("/state", files).state, kept.state));
            }
        }
    }

    TEST_CASE("a large state is not written again before as much has changed")
    {
        test::MemoryFiles files;
        Kept kept("/state", files, {64, 1024});
        kept.add(std::string(200'000, 'x'));
        const auto newest = [&] {
            return std::max(Journal::parse(files.text("/state/journal.0")).generation,
                            Journal::parse(files.text("/state/journal.1")).generation);
        };
        kept.add("and so a checkpoint");
        kept.add("that is behind us");
        const auto before = newest();
        for (int i = 0; i < 150; ++i) kept.add(std::string(1000, 'y'));
        CHECK(newest() == before);
        for (int i = 0; i < 150; ++i) kept.add(std::string(1000, 'z'));
        CHECK(newest() == before + 1);
    }

    TEST_CASE("on a full disk lines go on in the reserve, and it is asked for more now and then")
    {
        test::MemoryFiles files;
        Kept kept("/state", files, {16'384, 1 << 20});
        files.is_full = true;
        int writes = 0;
        files.before_step = [&] { ++writes; };
        const std::string line(100, 'x');
        for (int i = 0; i < 120; ++i) kept.add(line);
        CHECK(writes < 2 * 120 + 20);  // a write and a sync each, and the tries
        files.restart();
        CHECK(Kept("/state", files).state == kept.state);
    }

    TEST_CASE("written blocks lie in reserve behind the end")
    {
        const test::TemporaryDirectory directory;
        Kept kept(directory.path());
        for (const char* name : {"/journal.0", "/journal.1"})
            CHECK(std::filesystem::file_size(directory.path() + name) >= 1 << 20);
    }
}
