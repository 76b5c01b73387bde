#include "postman/json_scan.h"

#include <doctest/doctest.h>

#include <string>

using postman::json_elements;
using postman::json_members;

namespace
{

std::vector<std::string> elements_of(std::string_view text, bool& is_sound)
{
    std::vector<std::string> found;
    is_sound = bool(json_elements(text, [&](std::string_view raw) { found.emplace_back(raw); }));
    return found;
}

}  // namespace

TEST_SUITE("postman/json_scan")
{
    TEST_CASE("members and elements are found with their raw text")
    {
        const auto members =
            json_members(R"( {"a" : [1, {"x":"}]"}], "b":"q\"uote\\", "c": -1.5e3 } )");
        REQUIRE(members);
        CHECK(postman::json_value(*members, "a") == R"([1, {"x":"}]"}])");
        CHECK(postman::json_value(*members, "b") == R"("q\"uote\\")");
        CHECK(postman::json_value(*members, "c") == "-1.5e3");
        CHECK(postman::json_value(*members, "d").data() == nullptr);
        bool is_sound = false;
        CHECK(elements_of(R"([{"a":1} , "x,]" ,null,[]])", is_sound) ==
              std::vector<std::string>{R"({"a":1})", R"("x,]")", "null", "[]"});
        CHECK(is_sound);
        CHECK(elements_of("[]", is_sound).empty());
        CHECK(is_sound);
    }

    TEST_CASE("what is cut, doubled, escaped in its keys or followed by more is refused")
    {
        for (const char* bad : {"",
                                "{",
                                "{}x",
                                "{} {}",
                                "[]",
                                "null",
                                R"({"a")",
                                R"({"a":)",
                                R"({"a":1)",
                                R"({"a":1,)",
                                R"({"a":1,})",
                                R"({"a":1 "b":2})",
                                R"({"a":1,"a":2})",
                                R"({"\u0061":1})",
                                R"({a:1})",
                                "{\"a\":\"\n\"}",
                                R"({"a":"x)",
                                R"({"a":"\)",
                                R"({"a":[}]})",
                                R"({"a":]})"}) {
            CAPTURE(bad);
            CHECK_FALSE(json_members(bad));
        }
    }

    TEST_CASE("nothing is deeper than 16, however deep it is given")
    {
        const auto nested = [](std::size_t depth) {
            return std::string(depth, '[') + std::string(depth, ']');
        };
        CHECK(json_elements(nested(16), [](std::string_view) {}));
        CHECK_FALSE(json_elements(nested(17), [](std::string_view) {}));
        CHECK_FALSE(json_elements(nested(1'000'000), [](std::string_view) {}));
        CHECK_FALSE(json_elements(std::string(1'000'000, '['), [](std::string_view) {}));
        CHECK_FALSE(json_members("{\"a\":" + std::string(1'000'000, '{') + "}"));
    }

    TEST_CASE("an object has at most 64 members, so that comparing their names stays cheap")
    {
        const auto with_members = [](int count) {
            std::string text = "{";
            for (int i = 0; i < count; ++i)
                text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
            return text + "}";
        };
        CHECK(json_members(with_members(64)));
        CHECK_FALSE(json_members(with_members(65)));
    }

    TEST_CASE("of a cut array the whole elements are given first")
    {
        const std::string whole = R"([{"a":1},{"b":2},{"c":3}])";
        bool is_sound = true;
        CHECK(elements_of(whole.substr(0, whole.size() - 3), is_sound).size() == 2);
        CHECK_FALSE(is_sound);
    }
}
