#include "common/log.h"

#include <doctest/doctest.h>

using namespace mail;

TEST_SUITE("common/log")
{
    TEST_CASE("a line is time, level, event and key=value, quoted where it must be")
    {
        const log::Options text;
        CHECK(log::render(text, log::Level::info, "queued",
                          {{"id", "018f"}, {"size", 4096}, {"from", ""}},
                          "T") == "T info queued id=018f size=4096 from=\"\"");
        CHECK(log::render(text, log::Level::warning, "x", {{"reason", "two words"}}, "") ==
              "warning x reason=\"two words\"");
    }

    TEST_CASE("what a client sent can never forge a line")
    {
        const log::Options text;
        const std::string line = log::render(text, log::Level::info, "x",
                                             {{"from", "a\r\nT info queued id=\"1\"\x1b"}}, "T");
        CHECK(line == "T info x from=\"a\\x0d\\nT info queued id=\\\"1\\\"\\x1b\"");
    }

    TEST_CASE("the JSON form is one object, and bytes that are not UTF-8 do not break it")
    {
        log::Options json;
        json.format = log::Format::json;
        CHECK(
            log::render(json, log::Level::error, "x", {{"reason", "\xff\n"}}, "T") ==
            "{\"time\":\"T\",\"level\":\"error\",\"event\":\"x\",\"reason\":\"\xef\xbf\xbd\\n\"}");
    }
}
