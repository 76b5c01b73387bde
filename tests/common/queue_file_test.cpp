#include "common/nullmailer/queue_file.h"

#include <doctest/doctest.h>

using mail::ErrorKind;
using mail::nullmailer::parse_queue_file;

TEST_SUITE("common/nullmailer_queue")
{
    TEST_CASE("a queue file has one sender, any number of recipients, and the message untouched")
    {
        const auto one = mail::nullmailer::parse_queue_file(
            "web@app.example\nann@d.example\n\nSubject: hi\r\n\r\n.\nend");
        REQUIRE(one);
        CHECK(one->envelope.reverse_path == "web@app.example");
        CHECK(one->envelope.recipients == std::vector<std::string>{"ann@d.example"});
        CHECK(one->message == "Subject: hi\r\n\r\n.\nend");

        const auto three =
            mail::nullmailer::parse_queue_file("w@a\nann@d\nbob@d\ncarl@d\n\nSubject: hi\n\nx\n");
        REQUIRE(three);
        CHECK(three->envelope.recipients == std::vector<std::string>{"ann@d", "bob@d", "carl@d"});
        CHECK(three->message == "Subject: hi\n\nx\n");
    }

    TEST_CASE("an empty first line is the null sender, and so is nullmailer's double bounce")
    {
        for (const char* sender : {"", "#@[]", "\r"}) {
            CAPTURE(sender);
            const auto file =
                mail::nullmailer::parse_queue_file(std::string(sender) + "\nann@d.example\n\nx\n");
            REQUIRE(file);
            CHECK(file->envelope.reverse_path.empty());
            CHECK(file->envelope.recipients.size() == 1);
        }
    }

    TEST_CASE(
        "cut anywhere in its envelope, a queue file is not sound; behind it, the rest is message")
    {
        const std::string head = "web@app.example\nann@d.example\nbob@d.example\n\n";
        const std::string whole = head + "Subject: hi\n\nbody\n";
        for (std::size_t size = 0; size <= whole.size(); ++size) {
            CAPTURE(size);
            const auto file =
                mail::nullmailer::parse_queue_file(std::string_view(whole).substr(0, size));
            CHECK(file.has_value() == (size >= head.size()));
            if (!file) CHECK(file.error().kind == ErrorKind::malformed);
        }
    }

    TEST_CASE("a file without a recipient is not sound")
    {
        CHECK_FALSE(mail::nullmailer::parse_queue_file("web@app.example\n\nSubject: hi\n\n"));
        CHECK_FALSE(mail::nullmailer::parse_queue_file("\n\nSubject: hi\n\n"));
    }

    TEST_CASE("an address outside ASCII asks for SMTPUTF8 (RFC 6531 3.2)")
    {
        CHECK(mail::nullmailer::parse_queue_file("w@a\nbjörn@d\n\n")->envelope.smtputf8);
        CHECK(mail::nullmailer::parse_queue_file("ü@a\nann@d\n\n")->envelope.smtputf8);
        CHECK_FALSE(mail::nullmailer::parse_queue_file("w@a\nann@d\n\nGrüße\n")->envelope.smtputf8);
    }

    TEST_CASE("what is written is what is read")
    {
        const mail::Envelope envelope{"web@app.example", {"ann@d.example", "bob@d.example"}, false};
        const std::string text = mail::nullmailer::queue_file_head(envelope) + "Subject: hi\n\nx\n";
        const auto file = mail::nullmailer::parse_queue_file(text);
        REQUIRE(file);
        CHECK(file->envelope == envelope);
        CHECK(file->message == "Subject: hi\n\nx\n");
    }

    TEST_CASE("nullmailer's names are seconds and a process number")
    {
        for (const char* name : {"1795163247.4711", "0.1"})
            CHECK(mail::nullmailer::is_queue_file_name(name));
        for (const char* name : {"", ".", "1.", ".1", "core", "1.2.3", "1.2~", "trigger", "-1.2"})
            CHECK_FALSE(mail::nullmailer::is_queue_file_name(name));
    }
}
