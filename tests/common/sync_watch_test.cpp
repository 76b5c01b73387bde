#include "common/spool/sync_watch.h"

#include <doctest/doctest.h>

#include <sstream>

#include "common/spool/directory_hand_out.h"
#include "common/spool/directory_intake.h"
#include "common/spool/spool_directory.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace mail;
using std::chrono::seconds;

namespace
{

struct Disk {
    Result<Done> sync(const std::string& name, int error = 0)
    {
        auto file = watch.create_exclusive("/d/" + name);
        if (!file) return std::move(file).error();
        if (error != 0) files.fail_after(0, error);
        return (*file)->sync();
    }
    test::MemoryFiles files;
    test::ManualClock clock;
    SyncWatch watch{files, clock};
};

const Message kMessage{{"s@x.example", {"r@d.example"}}, "Subject: x\r\n\r\nx\r\n"};

}  // namespace

TEST_SUITE("common/spool/sync_watch")
{
    TEST_CASE("one failed sync is its file's end; a second within a minute is the disk's")
    {
        Disk disk;
        CHECK_FALSE(disk.sync("1", EIO));
        CHECK_FALSE(disk.watch.is_lost());
        CHECK(disk.sync("2"));
        disk.clock.advance(seconds(59));
        disk.files.fail_after(0, EIO);
        CHECK_FALSE(disk.watch.sync_dir("/d"));
        CHECK(disk.watch.is_lost());
        CHECK_FALSE(disk.watch.create_exclusive("/d/3"));
        CHECK_FALSE(disk.watch.open_for_update("/d/4"));
        CHECK(disk.watch.unlink("/d/2"));
    }

    TEST_CASE("each sync is told, of files, directories and trees, and a failed one, too")
    {
        test::MemoryFiles files;
        test::ManualClock clock;
        int told = 0;
        SyncWatch watch{files, clock, [&](std::chrono::nanoseconds took) {
                            CHECK(took.count() >= 0);
                            ++told;
                        }};
        const auto file = watch.create_exclusive("/d/1");
        REQUIRE(file);
        CHECK((*file)->write_all("x"));
        CHECK(told == 0);
        CHECK((*file)->sync());
        CHECK((*file)->sync_data());
        CHECK(watch.sync_dir("/d"));
        const auto tree = watch.open_tree("/d");
        REQUIRE(tree);
        CHECK((*tree)->sync());
        CHECK(told == 4);
        files.fail_after(0, EIO);
        CHECK_FALSE(watch.sync_dir("/d"));
        CHECK(told == 5);
    }

    TEST_CASE("failures a minute apart, and lack of room or descriptors, are not the disk's end")
    {
        Disk disk;
        for (int i = 0; i < 5; ++i) {
            CHECK_FALSE(disk.sync(std::to_string(i), EIO));
            disk.clock.advance(seconds(60));
        }
        for (const int error : {ENOSPC, EDQUOT, EMFILE, ENFILE})
            for (int i = 0; i < 3; ++i)
                CHECK_FALSE(disk.sync(std::to_string(error) + "." + std::to_string(i), error));
        CHECK_FALSE(disk.watch.is_lost());
    }

    TEST_CASE("an intake whose disk is lost has no room, and commits nothing")
    {
        const test::TemporaryDirectory directory;
        test::ManualClock clock;
        test::MemoryFiles files;
        files.make_real_directories = true;
        auto intake = DirectoryIntake::open({directory.path(), 1, true}, files, clock);
        REQUIRE(intake);
        for (int i = 0; i < 2; ++i) {
            CHECK_FALSE((*intake)->is_lost());
            files.fail_after(0, EIO, false, "sync");
            CHECK_FALSE((*intake)->commit(kMessage));
        }
        CHECK((*intake)->is_lost());
        CHECK_FALSE((*intake)->has_room());
        CHECK_FALSE((*intake)->commit(kMessage));
        CHECK(files.repeated_syncs == 0);
        CHECK(files.names_in(directory.path() + "/messages").empty());
        CHECK(files.names_in(directory.path() + "/incoming").empty());
    }

    TEST_CASE("a hand-out whose disk is lost says so")
    {
        const test::TemporaryDirectory directory;
        test::ManualClock clock;
        test::MemoryFiles files;
        files.make_real_directories = true;
        auto hand_out = DirectoryHandOut::open({directory.path(), true}, files, clock);
        REQUIRE(hand_out);
        files.fail_after(0, EIO, true, "sync");
        CHECK_FALSE((*hand_out)->lease({}, seconds(900)));
        CHECK((*hand_out)->is_lost());
    }

    TEST_CASE("an overlay is judged by its upper layer (proc(5), mountinfo)")
    {
        const std::string text =
            "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
            "30 22 0:26 / /var rw - overlay overlay rw,lowerdir=/l,upperdir=/up,workdir=/w\n"
            "31 30 0:27 / /var/spool/x rw shared:2 master:1 - tmpfs tmpfs rw,size=64k\n";
        const auto options_of = [&](const char* path) {
            std::istringstream mounts(text);
            return overlay_options(mounts, path);
        };
        CHECK(options_of("/var/spool/postoffice") == "rw,lowerdir=/l,upperdir=/up,workdir=/w");
        CHECK(options_of("/var/spool/x/y").empty());
        CHECK(options_of("/variety").empty());
        CHECK(options_of("/").empty());
    }
}
