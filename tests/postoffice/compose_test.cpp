#include <doctest/doctest.h>

#include "common/privacy/message_view.h"
#include "postoffice/compose/composition.h"
#include "postoffice/compose/header_text.h"

using namespace postoffice;

namespace
{

const Uniqueness kUnique{mail::WallTime(std::chrono::seconds(1'795'163'247)), "unique", "=_edge"};

std::string composed(const Composition& what)
{
    const auto message = compose(what, kUnique);
    REQUIRE(message);
    return *message;
}

bool has(const std::string& text, const std::string& part)
{
    return text.find(part) != std::string::npos;
}

std::size_t longest_line(const std::string& text)
{
    std::size_t longest = 0, begin = 0;
    for (std::size_t end; (end = text.find('\n', begin)) != text.npos; begin = end + 1)
        longest = std::max(longest, end - begin);
    return longest;
}

}  // namespace

TEST_SUITE("postoffice/compose")
{
    TEST_CASE("plain text makes one part, with a date in UTC and an id of the sender's domain")
    {
        CHECK(composed({"Web <web@app.example>", {"a@d.example", "b@d.example"}, "Hi", "x\n"}) ==
              "Date: Fri, 20 Nov 2026 08:27:27 +0000\nFrom: Web <web@app.example>\n"
              "To: a@d.example,\n b@d.example\nSubject: Hi\nMessage-ID: <unique@app.example>\n"
              "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
              "Content-Transfer-Encoding: 7bit\n\nx\n");
    }

    TEST_CASE("a subject comes back as it was, whatever is in it, and no line is over 78 octets")
    {
        const std::string subjects[] = {
            "",
            "Grüße",
            "=?utf-8?q?not_encoded?=",
            " two  spaces ",
            std::string(300, 'x'),
            "a long one that has to be folded somewhere and then goes on for quite a while longer",
            "日本語の長い件名日本語の長い件名日本語の長い件名日本語の長い件名日本語の長い件名"};
        for (const std::string& subject : subjects) {
            CAPTURE(subject);
            const std::string field = unstructured_field("Subject", subject);
            CHECK(longest_line(field) <= 78);
            CHECK(mail::privacy::decoded_subject(field + "\n") == subject);
        }
    }

    TEST_CASE("a name that is not ASCII is encoded, its address is not")
    {
        CHECK(mailbox_text("\"Grüße\" <a@b.example>") == "=?utf-8?B?R3LDvMOfZQ==?= <a@b.example>");
        CHECK(mailbox_text("\"A, B\" <a@b.example>") == "\"A, B\" <a@b.example>");
        CHECK(mailbox_text("grüße@b.example") == "grüße@b.example");
    }

    TEST_CASE("an attachment shows its name, not its path; its type comes from the extension")
    {
        const std::string message = composed(
            {"a@b.example", {"c@d.example"}, "s", "x", {{"/srv/app7/data/list.PDF", "%"}}});
        CHECK(has(message, "Content-Type: multipart/mixed;\n boundary=\"=_edge\""));
        CHECK(has(message, "Content-Type: application/pdf\n"));
        CHECK(has(message, "Content-Disposition: attachment;\n filename=\"list.PDF\"\n\nJQ==\n"));
        CHECK(has(message, "\n--=_edge--\n"));
        CHECK_FALSE(has(message, "srv"));
    }

    TEST_CASE("a file name beyond ASCII, or a long one, is written as RFC 2231 says")
    {
        CHECK(parameter("filename", "a\"b.txt") == ";\n filename=\"a\\\"b.txt\"");
        CHECK(parameter("filename", "ü.txt") == ";\n filename*0*=utf-8''%C3%BC.txt");
        const std::string all = parameter("filename", std::string(100, 'x') + "ü");
        CHECK(longest_line(all + "\n") <= 78);
        CHECK(has(all, "filename*1*="));
        CHECK_FALSE(has(all, "%C3;"));
    }

    TEST_CASE("text with 8-bit octets, NUL or a line that is too long goes as base64")
    {
        for (const std::string& text :
             {std::string("Grüße\n"), std::string("a\0b", 3), std::string(1000, 'x')}) {
            const std::string message = composed({"a@b.example", {"c@d.example"}, "s", text});
            CHECK(has(message, "Content-Transfer-Encoding: base64"));
            CHECK(longest_line(message) <= 78);
        }
        CHECK(has(composed({"a@b.example", {"c@d.example"}, "s", "a\r\nb\n"}), "7bit\n\na\nb\n"));
    }

    TEST_CASE("text that is not UTF-8 in a .txt file is attached as octets")
    {
        CHECK(has(composed({"a@b.example", {"c@d.example"}, "s", "", {{"x.txt", "\xff"}}}),
                  "Content-Type: application/octet-stream\n"));
        CHECK(has(composed({"a@b.example", {"c@d.example"}, "s", "", {{"x.txt", "ok"}}}),
                  "Content-Type: text/plain; charset=utf-8\n"));
    }

    TEST_CASE("what would forge a header line or has no address is refused")
    {
        const Composition sound{"a@b.example", {"c@d.example"}, "s", "x"};
        for (int which = 0; which < 6; ++which) {
            CAPTURE(which);
            Composition broken = sound;
            if (which == 0) broken.sender = "a@b.example\nBcc: x@y.example";
            if (which == 1) broken.recipients = {"c@d.example\r\nBcc: x@y.example"};
            if (which == 2) broken.subject = "s\n\nbody";
            if (which == 3) broken.recipients = {};
            if (which == 4) broken.sender = "nobody";
            if (which == 5) broken.text = "\xff\xfe";
            const auto message = compose(broken, kUnique);
            REQUIRE_FALSE(message);
            CHECK(message.error().kind == mail::ErrorKind::malformed);
        }
    }

    TEST_CASE("types by extension, in any case")
    {
        CHECK(type_of("a.JPG") == "image/jpeg");
        CHECK(type_of("a.tar.gz") == "application/gzip");
        CHECK(type_of("Makefile") == "application/octet-stream");
        CHECK(type_of("a.unknown") == "application/octet-stream");
    }
}
