#include "postmaster/bounded_lines.h"

#include <doctest/doctest.h>

#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace postmaster;
using Lines = std::vector<std::string>;

namespace
{

struct Fixture {
    mail::test::TemporaryDirectory directory;
    std::string path = directory.path() + "/lines";
    mail::Files& files = mail::system_files();

    Lines opened(std::uint64_t max_bytes = 1000)
    {
        BoundedLines lines(path, max_bytes, files);
        return lines.open().value();
    }
    void put(const std::string& content)
    {
        REQUIRE((*files.create_exclusive(path))->write_all(content));
    }
};

// Three lines of five bytes and room for one more; the one after that halves the file.
const std::string kFull = "aaaa\nbbbb\ncccc\n";
constexpr std::uint64_t kRoom = 20;
const std::string kMemory = "/state/lines";

Lines read_from(mail::test::MemoryFiles& files)
{
    BoundedLines lines(kMemory, kRoom, files);
    return lines.open().value();
}

}  // namespace

TEST_SUITE("postmaster/bounded_lines")
{
    TEST_CASE_FIXTURE(Fixture, "what was appended is there at the next start, oldest first")
    {
        BoundedLines lines(path, 1000, files);
        CHECK(lines.open().value().empty());
        REQUIRE(lines.append("one"));
        REQUIRE(lines.append("two"));
        CHECK(opened() == Lines{"one", "two"});
    }

    TEST_CASE("a torn last line is passed over, and the next one takes its place")
    {
        for (const char* torn : {"t", "torn and longer than what comes after it"}) {
            CAPTURE(torn);
            Fixture one;
            one.put(std::string("one\n") + torn);
            BoundedLines lines(one.path, 1000, one.files);
            CHECK(lines.open().value() == Lines{"one"});
            REQUIRE(lines.append("two"));
            CHECK(one.opened() == Lines{"one", "two"});
        }
    }

    TEST_CASE_FIXTURE(Fixture, "a full file keeps its newer half, whole lines only")
    {
        BoundedLines lines(path, 100, files);
        REQUIRE(lines.open());
        for (int i = 100; i < 200; ++i) REQUIRE(lines.append("line " + std::to_string(i)));
        const Lines left = opened(100);
        CHECK(left.size() >= 5);
        CHECK(left.size() <= 11);
        CHECK(left.back() == "line 199");
        CHECK(left.front() == "line " + std::to_string(200 - left.size()));
    }

    TEST_CASE_FIXTURE(Fixture, "a file that nobody of this program wrote, far over the limit, goes")
    {
        put(std::string(5000, 'x'));
        BoundedLines lines(path, 1000, files);
        CHECK(lines.open().value().empty());
        REQUIRE(lines.append("one"));
        CHECK(read_bounded_lines(path, 1000, files).value() == "one\n");
    }

    TEST_CASE("the power cut at any step takes no line whose append had ended")
    {
        for (int steps = 0; steps < 30; ++steps) {
            CAPTURE(steps);
            mail::test::MemoryFiles files;
            files.set_text(kMemory, kFull);
            Lines kept = {"cccc"};
            try {
                BoundedLines lines(kMemory, kRoom, files);
                REQUIRE(lines.open());
                files.cut_after(steps);
                for (const char* line : {"dddd", "eeee", "ffff"}) {
                    const auto appended = lines.append(line);  // may throw, which CHECK catches
                    CHECK(appended);
                    kept = {line};
                }
            } catch (const mail::test::PowerCut&) {
            }
            files.restart();
            const Lines left = read_from(files);
            CHECK(std::find(left.begin(), left.end(), kept.back()) != left.end());
            CHECK(std::is_sorted(left.begin(), left.end()));
        }
    }

    TEST_CASE("a step that fails costs its line only, and no file is synced twice")
    {
        for (int steps = 0; steps < 20; ++steps) {
            CAPTURE(steps);
            mail::test::MemoryFiles files;
            files.set_text(kMemory, kFull);
            BoundedLines lines(kMemory, kRoom, files);
            REQUIRE(lines.open());
            files.fail_after(steps, ENOSPC);
            Lines written;
            for (const char* line : {"dddd", "eeee", "ffff", "gggg"})
                if (lines.append(line)) written.push_back(line);
            files.end_faults();
            REQUIRE(lines.append("last"));
            written.push_back("last");
            CHECK(written.size() >= 4);
            CHECK(files.repeated_syncs == 0);
            const Lines left = read_from(files);
            CHECK(left.back() == "last");
            CHECK(left[left.size() - 2] == written[written.size() - 2]);
        }
    }

    TEST_CASE("a content without any line end has no line, and empty lines are none")
    {
        CHECK(whole_lines("").empty());
        CHECK(whole_lines("torn").empty());
        CHECK(whole_lines("\n\na\n\nb").size() == 1);
        CHECK(newer_lines("aaa\nbbb\nccc\n", 8) == "bbb\nccc\n");
        CHECK(newer_lines("aaa\nbbb\nccc\n", 7) == "ccc\n");
        CHECK(newer_lines("aaa\nbbb\nccc\n", 3).empty());
        CHECK(newer_lines("aaa\ntorn", 100) == "aaa\n");
    }
}
