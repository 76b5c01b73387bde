#include "common/spool/commit_entries.h"

#include <doctest/doctest.h>

using namespace mail;

namespace
{

SpoolId id_of(int number)
{
    return SpoolId::generate(WallTime(std::chrono::seconds(number)));
}

/// Two groups: two entries, one entry; the second fills several pages.
struct Written {
    Written()
    {
        CommitGroup first(7, 0);
        first.add(ids[0], "{\"a\":1}");
        first.add(ids[1], "{\"b\":2}");
        CommitGroup second(7, first.next_index());
        second.add(ids[2], std::string(3 * kCommitPageBytes, 'x'));
        octets = commit_head(7);
        octets += first.pages();
        second_at = octets.size();
        octets += second.pages();
    }
    bool holds(const CommitEntry& entry, std::size_t i) const
    {
        const std::string jsons[] = {"{\"a\":1}", "{\"b\":2}",
                                     std::string(3 * kCommitPageBytes, 'x')};
        return entry.id == ids[i] && entry.json == jsons[i];
    }
    SpoolId ids[3] = {id_of(1), id_of(2), id_of(3)};
    std::string octets;
    std::size_t second_at = 0;
};

}  // namespace

TEST_SUITE("common/spool/commit_entries")
{
    TEST_CASE("what groups hold is read in the order of its writing")
    {
        const Written written;
        const CommitImage image = parse_commits(written.octets + std::string(9000, '\0'));
        CHECK(image.generation == 7);
        REQUIRE(image.entries.size() == 3);
        for (int i = 0; i < 3; ++i) CHECK(image.entries[i].id == written.ids[i]);
        CHECK(image.entries[1].json == "{\"b\":2}");
        CHECK(image.entries[2].json == std::string(3 * kCommitPageBytes, 'x'));
    }

    TEST_CASE("each group begins a page, and takes no more than was reckoned")
    {
        const Written written;
        CHECK(written.octets.size() % kCommitPageBytes == 0);
        CHECK(written.second_at == 2 * kCommitPageBytes);
        CHECK(written.octets.size() - written.second_at ==
              whole_commit_pages(commit_bytes_of(3 * kCommitPageBytes)));
    }

    TEST_CASE("torn at any byte, the entries before it are read, and none that is not whole")
    {
        const Written written;
        for (std::size_t cut = 0; cut < written.octets.size(); ++cut) {
            CAPTURE(cut);
            std::string torn = written.octets.substr(0, cut);
            torn.resize(written.octets.size(), '\0');
            const CommitImage image = parse_commits(torn);
            if (cut >= written.second_at) CHECK(image.entries.size() >= 2);
            if (cut >= kCommitPageBytes) CHECK(image.generation == 7);
            for (std::size_t i = 0; i < image.entries.size(); ++i)
                CHECK(written.holds(image.entries[i], i));
        }
    }

    TEST_CASE("a rotten byte ends the reading before its entry")
    {
        const Written written;
        for (std::size_t at = 0; at < written.second_at; at += 1) {
            std::string rotten = written.octets;
            rotten[at] = static_cast<char>(rotten[at] ^ 0x40);
            for (const CommitEntry& entry : parse_commits(rotten).entries)
                CHECK((entry.json == "{\"a\":1}" || entry.json == "{\"b\":2}" ||
                       entry.json.front() == 'x'));
        }
    }

    TEST_CASE("entries of an older generation behind a new head do not count")
    {
        Written written;
        written.octets.replace(0, kCommitPageBytes, commit_head(8));
        CHECK(parse_commits(written.octets).generation == 8);
        CHECK(parse_commits(written.octets).entries.empty());
    }

    TEST_CASE("a group that is not the next one does not count")
    {
        Written written;
        const std::string second = written.octets.substr(written.second_at);
        CHECK(parse_commits(commit_head(7) + second).entries.empty());
    }

    TEST_CASE("no head, no entries: empty, short and foreign files")
    {
        for (const std::string& octets :
             {std::string(), std::string("x"), std::string(9000, '\0'), std::string(9000, 'M')})
            CHECK(parse_commits(octets).generation == 0);
    }
}
