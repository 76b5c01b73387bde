#include "postmaster/control_message.h"

#include <doctest/doctest.h>

using namespace postmaster;
using mail::ErrorKind;

TEST_SUITE("postmaster/control_message")
{
    TEST_CASE("a call and an answer come back as they were sent")
    {
        const CommandCall call{"release", {"018f", "0190"}, true};
        CHECK(*parse_call(encode_call(call)) == call);
        CommandCall list{"list"};
        list.states = {"held", "failed"};
        list.form = "raw";
        list.cursor = "1-018f";
        CHECK(*parse_call(encode_call(list)) == list);
        CommandAnswer page;
        page.cursor = "2-018f";
        CHECK(*parse_answer(encode_answer(page)) == page);
        const CommandAnswer answer{66, {R"({"id":"018f"})", "{}"}, {"no mail 0190"}};
        CHECK(*parse_answer(encode_answer(answer)) == answer);
        CHECK(*parse_answer(encode_answer({})) == CommandAnswer{});
    }

    TEST_CASE("a call that is not understood is refused, not half obeyed")
    {
        for (const char* text :
             {"", "{", "[]", "null", "{}", R"({"ids":["018f"]})", R"({"command":1})",
              R"({"command":"drop","ids":"018f"})", R"({"command":"drop","ids":[1]})",
              R"({"command":"drop","force":true})", R"({"command":"release","as_is":1})",
              R"({"command":"release","as_is":"yes"})", R"({"command":"list","states":"held"})",
              R"({"command":"list","cursor":7})", R"({"command":"show","form":[]})"}) {
            CAPTURE(text);
            CHECK(parse_call(text).error().kind == ErrorKind::malformed);
        }
        CHECK(parse_call(std::string(900'000, '[')).error().kind == ErrorKind::malformed);
        CHECK_FALSE(parse_call(R"({"command":"drop","ids":[")" + std::string(65, '0') + R"("]})"));
        CommandCall many{"drop", std::vector<std::string>(kMostIds, "018f")};
        CHECK(parse_call(encode_call(many)));
        many.ids.push_back("018f");
        CHECK_FALSE(parse_call(encode_call(many)));
    }

    TEST_CASE("an answer that is not understood is said to be so")
    {
        for (const char* text :
             {"", "[]", R"({"exit":0})", R"({"exit":-1,"lines":[],"complaints":[]})",
              R"({"exit":999999999999,"lines":[],"complaints":[]})",
              R"({"exit":0,"lines":{},"complaints":[]})"}) {
            CAPTURE(text);
            CHECK(parse_answer(text).error().kind == ErrorKind::malformed);
        }
    }
}
