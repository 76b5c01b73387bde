#include "postoffice/http/form_body.h"

#include <doctest/doctest.h>

using namespace postoffice::http;

namespace
{

constexpr const char* kForm = "application/x-www-form-urlencoded";

}  // namespace

TEST_SUITE("postoffice/http/form_body")
{
    TEST_CASE("the old client's form is read, octet by octet")
    {
        const auto form =
            parse_form("msg=From%3A+a%40b%0A%0A%00%ff%2B&signature=YWJj%0A&fix_sender=true", kForm);
        REQUIRE(form);
        CHECK(form->msg == std::string("From: a@b\n\n\0\xff+", 14));
        CHECK(form->signature == "YWJj\n");
        CHECK(form->fix_sender == "true");
    }

    TEST_CASE("fields may be missing, in any order, and others are passed over")
    {
        const auto form = parse_form("x=1&&signature=s&fix%5Fsender=", "");
        REQUIRE(form);
        CHECK(form->msg.empty());
        CHECK(form->signature == "s");
        CHECK(form->fix_sender.empty());
        CHECK(parse_form("", kForm));
    }

    TEST_CASE("what could be read in two ways is refused")
    {
        struct Row {
            const char* what;
            std::string body;
        };
        const Row rows[] = {
            {"a field twice", "msg=a&msg=a"},
            {"a field twice, written differently", "msg=a&m%73g=b"},
            {"an unknown field twice", "x=1&x=2"},
            {"a % at the end", "msg=%"},
            {"a % with one digit", "msg=%4"},
            {"a % without digits", "msg=%zz"},
            {"a name with a bad %", "m%gg=1"},
        };
        for (const Row& row : rows) {
            CAPTURE(row.what);
            const auto form = parse_form(row.body, kForm);
            REQUIRE_FALSE(form);
            CHECK(form.error().kind == mail::ErrorKind::malformed);
        }
    }

    TEST_CASE("over 64 fields are refused")
    {
        std::string body;
        for (int i = 0; i < 64; ++i) body += "f" + std::to_string(i) + "=&";
        CHECK(parse_form(body, kForm));
        CHECK_FALSE(parse_form(body + "one=more", kForm));
    }

    TEST_CASE("the type is a form's, and its charset one whose octets stand for themselves")
    {
        struct Row {
            std::string type;
            bool is_taken;
        };
        const Row rows[] = {
            {"", true},
            {kForm, true},
            {"Application/X-WWW-Form-Urlencoded; Charset=\"UTF-8\"", true},
            {"application/x-www-form-urlencoded;charset=iso-8859-1", true},
            {"application/x-www-form-urlencoded; boundary=x", true},
            {"application/x-www-form-urlencoded; charset=klingon", false},
            {"application/x-www-form-urlencoded; charset=utf-16", false},
            {"application/x-www-form-urlencoded; charset", false},
            {"application/x-www-form-urlencoded; charset=utf-8; charset=klingon", false},
            {"multipart/form-data; boundary=x", false},
            {"message/rfc822", false},
        };
        for (const Row& row : rows) {
            CAPTURE(row.type);
            CHECK(parse_form("msg=a", row.type).has_value() == row.is_taken);
        }
    }
}
