#include "common/spool/spool_layout.h"

#include <doctest/doctest.h>

using namespace mail;

TEST_SUITE("common/spool/spool_layout")
{
    TEST_CASE("good names are parsed and built again")
    {
        for (const char* name :
             {"0199a7c2d1e47b3a9c5d00112233aabb.json", "0123456789abcdef0123456789abcdef"}) {
            CAPTURE(name);
            const auto parsed = SpoolLayout::parse(name);
            REQUIRE(parsed.has_value());
            CHECK(SpoolLayout::file_name(*parsed) == name);
            CHECK(parsed->of_original == !std::string_view(name).ends_with(".json"));
        }
    }

    TEST_CASE("anything else is no mail")
    {
        for (const char* name :
             {"", ".gitkeep", "..", ".json", "0199a7c2d1e47b3a9c5d00112233aab.json",
              "0199a7c2d1e47b3a9c5d00112233aabbb.json", "0199A7C2D1E47B3A9C5D00112233AABB.json",
              "0199a7c2d1e47b3a9c5d00112233aabb.json~", "0199a7c2d1e47b3a9c5d00112233aabb.JSON",
              "../99a7c2d1e47b3a9c5d00112233aabb.json",
              "0199a7c2d1e47b3a9c5d00112233aabb.json.json", " 199a7c2d1e47b3a9c5d00112233aabb"}) {
            CAPTURE(name);
            CHECK_FALSE(SpoolLayout::parse(name).has_value());
        }
    }

    TEST_CASE("an id is a UUIDv7: it sorts by time, and its time can be read (RFC 9562 5.7)")
    {
        const WallTime earlier{std::chrono::milliseconds(1'795'163'247'123)};
        const SpoolId a = SpoolId::generate(earlier);
        const SpoolId b = SpoolId::generate(earlier + std::chrono::milliseconds(1));
        CHECK(a < b);
        CHECK(a.hex() < b.hex());
        CHECK(a.hex()[12] == '7');
        CHECK(std::string("89ab").find(a.hex()[16]) != std::string::npos);
        CHECK(a.unix_milliseconds() == 1'795'163'247'123ULL);
        CHECK(SpoolId::generate(earlier) != a);
        CHECK_FALSE(
            SpoolId::parse("0123456789ab4def8123456789abcdef")->unix_milliseconds().has_value());
    }
}
