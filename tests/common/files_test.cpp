#include "common/spool/files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/temporary_directory.h"

using namespace mail;

TEST_SUITE("common/spool/files")
{
    TEST_CASE("a file is made for its owner alone, and never twice")
    {
        const test::TemporaryDirectory directory;
        const std::string path = directory.path() + "/a";
        REQUIRE(system_files().create_exclusive(path));
        struct stat status {
        };
        ::stat(path.c_str(), &status);
        CHECK((status.st_mode & 0777) == 0600);
        CHECK(system_files().create_exclusive(path).error().kind == ErrorKind::conflict);
    }

    TEST_CASE("a rename never overwrites, and says what is missing")
    {
        const test::TemporaryDirectory directory;
        Files& files = system_files();
        const std::string a = directory.path() + "/a", b = directory.path() + "/b";
        REQUIRE((*files.create_exclusive(a))->write_all("first"));
        REQUIRE((*files.create_exclusive(b))->write_all("second"));
        CHECK(files.rename_new(a, b).error().kind == ErrorKind::conflict);
        CHECK(*files.read_all(b, 100) == "second");
        CHECK(files.rename_new(directory.path() + "/none", a + "2").error().kind ==
              ErrorKind::missing);
    }

    TEST_CASE("reading is bounded, and follows no link and no pipe")
    {
        const test::TemporaryDirectory directory;
        Files& files = system_files();
        const std::string a = directory.path() + "/a";
        REQUIRE((*files.create_exclusive(a))->write_all("twelve bytes"));
        CHECK(files.read_all(a, 11).error().kind == ErrorKind::refused);
        CHECK(*files.read_all(a, 12) == "twelve bytes");
        REQUIRE(::symlink(a.c_str(), (a + ".link").c_str()) == 0);
        CHECK_FALSE(files.read_all(a + ".link", 100));
        REQUIRE(::mkfifo((a + ".fifo").c_str(), 0600) == 0);
        CHECK_FALSE(files.read_all(a + ".fifo", 100));
        CHECK(files.read_all(a + ".none", 100).error().kind == ErrorKind::missing);
    }

    TEST_CASE("write_at puts bytes where they belong, over what is there")
    {
        const test::TemporaryDirectory directory;
        const std::string a = directory.path() + "/a";
        auto file = system_files().open_for_update(a);
        REQUIRE(file);
        REQUIRE((*file)->write_at(0, "aaaa"));
        REQUIRE((*file)->write_at(2, "bbb"));
        CHECK(*system_files().read_all(a, 100) == "aabbb");
    }
}
