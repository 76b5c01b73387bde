#include "common/json_text.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>

using namespace mail;
using Json = nlohmann::json;

namespace
{

/// Texts of every length to 70 octets, with what has to be escaped at every place.
std::vector<std::string> texts()
{
    std::vector<std::string> texts;
    for (std::size_t size = 0; size <= 70; ++size) {
        texts.emplace_back(size, 'x');
        for (std::size_t place = 0; place < size; ++place)
            for (const char special : {'"', '\\', '\n', '\x01', '\x1f', '\x7f', '/'}) {
                texts.emplace_back(size, 'x');
                texts.back()[place] = special;
            }
    }
    std::mt19937 chance(1);
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (std::size_t size = chance() % 100; text.size() < size;)
            text += static_cast<char>(chance() % (i % 2 == 0 ? 0x80 : 0x30));
        texts.push_back(std::move(text));
    }
    return texts;
}

}  // namespace

TEST_SUITE("common/json_text")
{
    TEST_CASE("a text is written as the library writes it, and read back (RFC 8259 7)")
    {
        for (const std::string& text : texts()) {
            CAPTURE(text);
            std::string json;
            append_json_string(json, text);
            REQUIRE(json == Json(text).dump());
            REQUIRE(escaped_size(text) == json.size() - 2);
            std::string back = "before ";
            std::size_t at = 3;
            REQUIRE(read_json_string("  \t" + json + " rest", at, back));
            CHECK(back == "before " + text);
            CHECK(at == 3 + json.size());
        }
    }

    TEST_CASE("every escape that the library reads as ASCII is read the same (RFC 8259 7)")
    {
        for (const std::string escape :
             {R"(\/)", R"(\b\f\n\r\t\"\\)", R"(\u0000\u007f\u007F\u001B)"}) {
            std::string text;
            std::size_t at = 0;
            REQUIRE(read_json_string('"' + escape + '"', at, text));
            CHECK(text == Json::parse('"' + escape + '"').get<std::string>());
        }
    }

    TEST_CASE("what is no string, or holds an escape above U+007F, is not read")
    {
        const std::string rows[] = {"",
                                    "x",
                                    "\"",
                                    "\"x",
                                    "\"x\\",
                                    "\"\\\"",
                                    "\"\\x\"",
                                    "\"\\u\"",
                                    "\"\\u004\"",
                                    "\"\\u00\"41\"",
                                    "\"\\u00e9\"",
                                    "\"\\ud83d\"",
                                    "\"\\u00 1\"",
                                    "\"a\nb\"",
                                    "\"\\u0",
                                    "\"\\u0041",
                                    std::string("\"\0\"", 3)};
        for (const std::string& row : rows) {
            CAPTURE(row);
            std::string text;
            std::size_t at = 0;
            CHECK_FALSE(read_json_string(row, at, text));
        }
    }
}
