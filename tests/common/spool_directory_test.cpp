#include "common/spool/spool_directory.h"

#include <doctest/doctest.h>

using namespace mail;

TEST_SUITE("common/spool/spool_directory")
{
    TEST_CASE("the low-water mark: 5 % or 256 MiB, whichever is less, unless told; inodes too")
    {
        constexpr std::uint64_t kMiB = 1 << 20, kGiB = 1 << 30;
        struct Row {
            const char* name;
            Room room;  // free and all bytes, free and all inodes
            std::uint64_t min_free;
            bool is_enough;
        };
        const Row rows[] = {
            {"small disk, at its 5 %", {50 * kMiB, 1000 * kMiB, 5000, 50'000}, 0, true},
            {"small disk, under them", {50 * kMiB - 1, 1000 * kMiB, 5000, 50'000}, 0, false},
            {"large disk, at 256 MiB", {256 * kMiB, 1000 * kGiB, 5000, 50'000}, 0, true},
            {"large disk, under them", {256 * kMiB - 1, 1000 * kGiB, 5000, 50'000}, 0, false},
            {"where both rules meet", {256 * kMiB, 5120 * kMiB, 5000, 50'000}, 0, true},
            {"told less than the rule", {1, 1000 * kGiB, 5000, 50'000}, 1, true},
            {"told, and nothing left", {0, 1000 * kGiB, 5000, 50'000}, 1, false},
            {"told more than the rule", {kGiB - 1, 1000 * kGiB, 5000, 50'000}, kGiB, false},
            {"told more, and it is there", {kGiB, 1000 * kGiB, 5000, 50'000}, kGiB, true},
            {"few inodes in all, at 5 %", {kGiB, kGiB, 20, 400}, 0, true},
            {"few inodes in all, under them", {kGiB, kGiB, 19, 400}, 0, false},
            {"many inodes, at 1,024", {kGiB, kGiB, 1024, 1'000'000}, 0, true},
            {"many inodes, under them", {kGiB, kGiB, 1023, 1'000'000}, 0, false},
            {"inodes are not told away", {kGiB, kGiB, 0, 1'000'000}, 1, false},
            {"no inodes to count (btrfs)", {kGiB, kGiB, 0, 0}, 0, true},
        };
        for (const Row& row : rows) {
            CAPTURE(row.name);
            CHECK(is_enough(row.room, row.min_free) == row.is_enough);
        }
    }

    TEST_CASE("what forgets, or what another host answers for, is no place for a spool")
    {
        struct Row {
            std::uint32_t magic;  // as statfs(2) has it
            const char* begins;   // null: safe
        };
        const Row rows[] = {{0x01021994, "tmpfs"}, {0x858458f6, "ramfs"}, {0x6969, "NFS"},
                            {0x517B, "SMB"},       {0xFE534D42, "SMB"},   {0xFF534D42, "SMB"},
                            {0xEF53, nullptr},     {0x58465342, nullptr}, {0x9123683E, nullptr},
                            {0x794c7630, nullptr}, {0x2FC12FC1, nullptr}};
        for (const Row& row : rows) {
            CAPTURE(row.magic);
            const char* kind = unsafe_kind(row.magic);
            CHECK((kind == nullptr) == (row.begins == nullptr));
            if (kind != nullptr && row.begins != nullptr)
                CHECK(std::string_view(kind).starts_with(row.begins));
        }
        CHECK(unsafe_kind_at("/no/such/place") == nullptr);
    }
}
