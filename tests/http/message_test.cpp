#include "common/http/message.h"

#include <doctest/doctest.h>

using namespace mail::http;

TEST_SUITE("http/message")
{
    TEST_CASE("a problem names its status and detail, and is JSON of its own type (RFC 9457)")
    {
        const Answer answer = problem(404, "Say \"please\".");
        CHECK(answer.status == 404);
        CHECK(answer.type == "application/problem+json");
        CHECK(answer.body ==
              "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"Say "
              "\\\"please\\\".\"}\n");
    }

    TEST_CASE("a JSON string escapes what it must and nothing else (RFC 8259 7)")
    {
        std::string json;
        append_json_string(json, std::string_view("a\"b\\c\r\n\t\0\x1f/\x7f\xc3\xa9", 14));
        CHECK(json == "\"a\\\"b\\\\c\\r\\n\\t\\u0000\\u001f/\x7f\xc3\xa9\"");
    }

    TEST_CASE("field names are found whatever their case (RFC 9110 5.1)")
    {
        const std::vector<Field> fields = {{"aUTHorization", "one"}, {"Authorization", "two"}};
        CHECK(find_field(fields, "Authorization") == "one");
        CHECK(find_field(fields, "Authorizatio").empty());
    }
}
