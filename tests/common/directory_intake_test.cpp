#include "common/spool/directory_intake.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/manual_clock.h"
#include "tests/support/temporary_directory.h"

using namespace mail;

namespace
{

std::vector<std::string> names_in(const std::string& directory)
{
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory))
        names.push_back(entry.path().filename());
    return names;
}

DirectoryIntakeOptions at(const std::string& root)
{
    DirectoryIntakeOptions options;
    options.root = root;
    options.unsafe_spool = true;  // a test directory may lie on tmpfs
    return options;
}

}  // namespace

TEST_SUITE("common/spool/directory_intake")
{
    TEST_CASE("a committed mail is one sound record in messages/, and nothing is left aside")
    {
        const test::TemporaryDirectory directory;
        const test::ManualClock clock;
        auto intake = DirectoryIntake::open(at(directory.path() + "/spool"), system_files(), clock);
        REQUIRE(intake);
        const auto id = (*intake)->commit({{"a@b.example", {"c@d.example"}},
                                           "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nx\r\n"});
        REQUIRE(id);
        const std::string path = directory.path() + "/spool/messages/" + id->hex() + ".json";
        const auto record = decode_record(*system_files().read_all(path, 10'000), *id);
        REQUIRE(record);
        CHECK(record->envelope == Envelope{"a@b.example", {"c@d.example"}});
        CHECK(record->content == "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\nx\r\n");
        CHECK(record->timestamp == record_timestamp(clock.wall()));
        CHECK(names_in(directory.path() + "/spool/incoming").empty());
    }

    TEST_CASE("what a crash left in incoming/ goes at the start; other files stay")
    {
        const test::TemporaryDirectory directory;
        const std::string root = directory.path() + "/spool";
        {
            REQUIRE(DirectoryIntake::open(at(root)));
        }
        std::ofstream(root + "/incoming/0199a7c2d1e47b3a9c5d00112233aabb.json") << "half a rec";
        std::ofstream(root + "/incoming/notes") << "an operator's";
        REQUIRE(DirectoryIntake::open(at(root)));
        CHECK(names_in(root + "/incoming") == std::vector<std::string>{"notes"});
    }

    TEST_CASE("a second postoffice on the spool is refused and told who has it")
    {
        const test::TemporaryDirectory directory;
        const auto first = DirectoryIntake::open(at(directory.path()));
        REQUIRE(first);
        const auto second = DirectoryIntake::open(at(directory.path()));
        REQUIRE_FALSE(second);
        CHECK(second.error().kind == ErrorKind::conflict);
    }

    TEST_CASE("a spool that cannot be made says its path and the owner wanted")
    {
        const auto intake = DirectoryIntake::open(at("/proc/no/such/spool"));
        REQUIRE_FALSE(intake);
        CHECK(intake.error().step.find("/proc/no/such/spool") != std::string::npos);
        CHECK(intake.error().step.find("wanted") != std::string::npos);
    }
}
