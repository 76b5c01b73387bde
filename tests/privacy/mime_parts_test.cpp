#include "common/privacy/mime_parts.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "common/privacy/message_view.h"

using namespace mail::privacy;

namespace
{

/// The shape of a message in one line: `multipart/mixed(text/plain"body" …)`, depth by brackets.
std::string shape(const std::string& content, const PartLimits& limits = {})
{
    std::string text;
    unsigned depth = 0;
    for (const auto& part : read_parts(content, limits).parts) {
        for (; depth > part.depth; --depth) text += ")";
        if (depth < part.depth) text += "(";
        if (!text.empty() && text.back() != '(') text += " ";
        depth = part.depth;
        switch (part.role) {
            case MimePart::Role::leaf:
                text += part.type + "'" + decoded_body(part) + "'";
                break;
            case MimePart::Role::container:
                text += part.type;
                break;
            case MimePart::Role::preamble:
                text += "before'" + std::string(part.body) + "'";
                break;
            case MimePart::Role::epilogue:
                text += "after'" + std::string(part.body) + "'";
                break;
        }
    }
    return text + std::string(depth, ')');
}

std::string nested_multiparts(unsigned levels)
{
    std::string content;
    for (unsigned level = 0; level < levels; ++level) {
        const auto name = "b" + std::to_string(level);
        content += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
    }
    return content + "\r\ntext";
}

}  // namespace

TEST_SUITE("privacy/mime_parts")
{
    TEST_CASE("What the reader makes of a message (RFC 2046)")
    {
        struct Row {
            std::string content;
            std::string shape;
        };
        const std::string mixed = "Content-Type: multipart/mixed; boundary=B\r\n\r\n";
        const std::vector<Row> rows = {
            {"", "text/plain''"},
            {"Subject: x\r\n\r\nbody\r\n", "text/plain'body\r\n'"},
            {"Content-Type: text/html\r\n\r\n<b>", "text/html'<b>'"},
            {"content-type : TEXT/HTML ; charset=x\r\n\r\n<b>", "text/html'<b>'"},
            {"Content-Type: nonsense\r\n\r\nbody", "text/plain'body'"},
            {mixed + "--B\r\n\r\none\r\n--B\r\n\r\ntwo\r\n--B--\r\n",
             "multipart/mixed(text/plain'one' text/plain'two')"},
            {mixed + "before\r\n--B\r\n\r\none\r\n--B--\r\nafter\r\n",
             "multipart/mixed(before'before' text/plain'one' after'after\r\n')"},
            {"Content-Type: multipart/mixed; boundary=\"a b\"\n\n--a b\n\none\n--a b--\n",
             "multipart/mixed(text/plain'one')"},
            // never closed
            {mixed + "--B\r\n\r\none\r\n--B\r\n\r\ntwo",
             "multipart/mixed(text/plain'one' text/plain'two')"},
            {mixed + "--B\r\n", "multipart/mixed(text/plain'')"},
            {mixed + "--B", "multipart/mixed(text/plain'')"},
            {mixed + "--B--", "multipart/mixed"},
            // no part at all, and no boundary named
            {mixed + "text", "multipart/mixed'text'"},
            {"Content-Type: multipart/mixed\r\n\r\n--X\r\n\r\none\r\n--X--\r\n",
             "multipart/mixed(text/plain'one')"},
            {"Content-Type: multipart/mixed\r\n\r\ntext", "multipart/mixed'text'"},
            // lines that only look like the boundary
            {mixed + "--Bx\r\n--B \t\r\n\r\n--Bx\r\n -B\r\n--B--\r\n",
             "multipart/mixed(before'--Bx' text/plain'--Bx\r\n -B')"},
            {mixed + "--B\r\n\r\none --B\r\n--B--\r\n", "multipart/mixed(text/plain'one --B')"},
            // parts without header, without body, with neither
            {mixed + "--B\r\nplain words\r\n--B\r\nContent-Type: text/html\r\n--B\r\n--B--",
             "multipart/mixed(text/plain'plain words' text/html'' text/plain'')"},
            // the outer boundary ends the inner multipart
            {mixed + "--B\r\nContent-Type: multipart/alternative; "
                     "boundary=C\r\n\r\n--C\r\n\r\none\r\n--B\r\n\r\ntwo\r\n--B--",
             "multipart/mixed(multipart/alternative(text/plain'one') text/plain'two')"},
            // encodings
            {"Content-Transfer-Encoding: base64\r\n\r\nYm9k\r\neQ==\r\n", "text/plain'body'"},
            {"Content-Transfer-Encoding: Quoted-Printable\r\n\r\nbo=\r\ndy=20=zz",
             "text/plain'body =zz'"},
            {"Content-Transfer-Encoding: base64 (yes)\r\n\r\nYm9keQ", "text/plain'body'"},
            // messages inside
            {"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ninner",
             "message/rfc822(text/plain'inner')"},
            {"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
             "U3ViamVjdDogeA0KDQppbm5lcg==",
             "message/rfc822(text/plain'inner')"},
            {"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
             "Subject: x\r\n\r\ninner",
             "message/rfc822(text/plain'inner')"},
            {"Content-Type: multipart/digest; boundary=B\r\n\r\n--B\r\n\r\nSubject: "
             "x\r\n\r\ninner\r\n--B--",
             "multipart/digest(message/rfc822(text/plain'inner'))"},
            {"Content-Type: multipart/mixed; boundary=B\r\nContent-Transfer-Encoding: "
             "base64\r\n\r\n"
             "LS1CDQoNCm9uZQ0KLS1CLS0=",
             "multipart/mixed(text/plain'one')"},
            {"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x",
             "message/delivery-status'Reporting-MTA: dns; x'"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.content);
            CHECK(shape(row.content) == row.shape);
            CHECK(read_parts(row.content).is_complete);
        }
    }

    TEST_CASE("Nesting and numbers have limits, and say when they are reached")
    {
        SUBCASE("depth")
        {
            const auto deep = nested_multiparts(5000);
            const auto read = read_parts(deep);
            CHECK_FALSE(read.is_complete);
            CHECK(read.parts.size() == 17);
            CHECK(read.parts.back().role == MimePart::Role::leaf);
            CHECK(shape(nested_multiparts(2), {2, 10}) ==
                  "multipart/mixed(multipart/mixed(text/plain'text'))");
        }
        SUBCASE("number")
        {
            std::string many = "Content-Type: multipart/mixed; boundary=B\r\n\r\n";
            for (int i = 0; i < 5000; ++i) many += "--B\r\n\r\n" + std::to_string(i) + "\r\n";
            const auto read = read_parts(many);
            CHECK_FALSE(read.is_complete);
            CHECK(read.parts.size() <= 1003);
            CHECK(read.parts.back().body.ends_with("4999\r\n"));
        }
        SUBCASE("decoded bytes")
        {
            PartLimits limits;
            limits.decoded_bytes = 10;
            const auto read = read_parts(
                "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: "
                "base64\r\n\r\nU3ViamVjdDogeA0KDQppbm5lcg==",
                limits);
            CHECK_FALSE(read.is_complete);
            CHECK(read.parts.size() == 1);
        }
    }

    TEST_CASE("Parts under a signature are marked (RFC 1847)")
    {
        const auto read = read_parts(
            "Content-Type: multipart/signed; boundary=B\r\n\r\n--B\r\n\r\none\r\n--B\r\n"
            "Content-Type: application/pgp-signature\r\n\r\nsig\r\n--B--\r\n");
        REQUIRE(read.parts.size() == 3);
        CHECK_FALSE(read.parts[0].is_signed);
        CHECK(read.parts[1].is_signed);
        CHECK(read.parts[2].is_signed);
    }

    TEST_CASE("Text comes out as UTF-8 whatever its charset")
    {
        const auto text = [](const std::string& content) {
            return decoded_text(read_parts(content).parts.at(0));
        };
        CHECK(text("Content-Type: text/plain; charset=iso-8859-1\r\n\r\ncaf\xE9") == "caf\xC3\xA9");
        CHECK(text("Content-Type: text/plain; charset=\"UTF-8\"\r\n\r\ncaf\xC3\xA9") ==
              "caf\xC3\xA9");
        CHECK(text("Content-Type: text/plain; charset=utf-8 format=flowed\r\n\r\ncaf\xC3\xA9") ==
              "caf\xC3\xA9");
        CHECK(text("Content-Type: text/plain; charset=utf-16le\r\n\r\n" +
                   std::string("h\0i\0", 4)) == "hi");
        CHECK(text("Content-Type: text/plain; charset=utf-7\r\n\r\ncaf+AOk-") == "caf\xC3\xA9");
        CHECK(text("Content-Type: text/plain; charset=unheard-of\r\n\r\ncaf\xE9") ==
              "caf\xEF\xBF\xBD");
        CHECK(text("\r\ncaf\xE9") == "caf\xEF\xBF\xBD");
    }

    TEST_CASE("The joined text is what the original's record called body")
    {
        CHECK(joined_text_parts(
                  "Content-Type: multipart/alternative; boundary=\"=_1\"\r\n\r\n"
                  "--=_1\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n\r\nplain part\r\n"
                  "--=_1\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\r\n<b>html "
                  "part</b>\r\n--=_1--\r\n") ==
              "plain part\n--- mail_boundary ---\n<b>html part</b>");
        CHECK(joined_text_parts("Subject: x\r\n\r\nbody\r\n") == "body\r\n");
        CHECK(joined_text_parts("Content-Type: image/png\r\n\r\nbody\r\n") == "");
        CHECK(joined_text_parts("") == "");
        CHECK(joined_text_parts("\xFF") == "\xEF\xBF\xBD");
    }
}
