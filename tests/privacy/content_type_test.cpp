#include "common/privacy/content_type.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using mail::privacy::parse_parameterized;

TEST_SUITE("privacy/content_type")
{
    TEST_CASE("The value comes in lower case and without comments (RFC 2045 5.1)")
    {
        CHECK(parse_parameterized(" Text/Plain; charset=utf-8").value == "text/plain");
        CHECK(parse_parameterized("(a (b) \\) c) text/html (d)").value == "text/html");
        CHECK(parse_parameterized("BASE64").value == "base64");
        CHECK(parse_parameterized("").value == "");
        CHECK(parse_parameterized("(never closed").value == "");
        CHECK(parse_parameterized("(\\").value == "");
    }

    TEST_CASE("Parameters, as mail has them")
    {
        struct Row {
            std::string body;
            std::string value;  // of the parameter `name`
        };
        const std::vector<Row> rows = {
            {"x/y; name=a.txt", "a.txt"},
            {"x/y;NAME=a.txt;", "a.txt"},
            {"x/y; charset=utf-8; name=\"a b.txt\"", "a b.txt"},
            {"x/y; name=\"a\\\"b\\\\c\"", "a\"b\\c"},
            {"x/y; name=\"a;b=c\"; d=e", "a;b=c"},
            {"x/y;\r\n\tname=a.txt\r\n ; d=e", "a.txt"},
            {"x/y; name = a.txt (comment); d=e", "a.txt"},
            {"x/y; name=my file.txt; d=e", "my file.txt"},
            {"x/y; name=first; name=second", "first"},
            {"x/y; ;; nothing; =b; name=a", "a"},
            {"x/y; name=\"never closed", "never closed"},
            {"x/y; name=\"\"", ""},
            {"x/y; name=", ""},
            {"x/y; name", ""},
            // RFC 2231
            {"x/y; name*=utf-8'en'caf%C3%A9", "caf\xC3\xA9"},
            {"x/y; name*=iso-8859-1''caf%e9", "caf\xC3\xA9"},
            {"x/y; name*=unheard-of''caf%e9", "caf\xEF\xBF\xBD"},
            {"x/y; name*=plain", "plain"},
            {"x/y; name*0=one; name*1=\" two\"", "one two"},
            {"x/y; name*1=two; name*0=one", "onetwo"},
            {"x/y; name*0*=utf-8''caf%C3; name*1*=%A9%20; name*2=\"%41\"", "caf\xC3\xA9 %41"},
            {"x/y; name*0=a; name*0=b; name*1=c", "ac"},
            {"x/y; name*=%4", "%4"},
            {"x/y; name*99999999999=a", "a"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.body);
            CHECK(parse_parameterized(row.body).parameter("name") == row.value);
        }
    }

    TEST_CASE("Of very many parameters the first hundred are read")
    {
        std::string body = "x/y";
        for (int i = 0; i < 100'000; ++i) body += "; p" + std::to_string(i) + "=v";
        CHECK(parse_parameterized(body).parameters.size() == 1000);
        CHECK_FALSE(parse_parameterized(body).is_complete);
    }
}
