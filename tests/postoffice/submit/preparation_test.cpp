#include "postoffice/submit/preparation.h"

#include <doctest/doctest.h>

#include "postoffice/submit/mail_text.h"
#include "postoffice/submit/mailq_text.h"

using namespace postoffice::submit;
using mail::ErrorKind;

namespace
{

const mail::WallTime kNow{std::chrono::seconds(1'795'163'247)};
using List = std::vector<std::string>;

mail::Result<mail::Record> prepare(std::string_view text, const SendmailArguments& arguments,
                                   const Caller& caller = {"web", ""})
{
    return prepared_mail(text, arguments, caller, kNow);
}

bool has(const mail::Record& record, std::string_view line)
{
    return record.content.find(line) != std::string::npos;
}

}  // namespace

TEST_SUITE("postoffice/submit/preparation")
{
    TEST_CASE("-t: the header's recipients beside those given, without the Bcc")
    {
        const auto got = prepare("From: a@d.example\nTo: b@d.example\nBcc: c@d.example\n\nx\n",
                                 {.recipients = {"e@d.example"}, .takes_header_recipients = true});
        REQUIRE(got);
        CHECK(got->envelope.recipients == List{"e@d.example", "b@d.example", "c@d.example"});
        CHECK(got->envelope.reverse_path == "a@d.example");
        CHECK_FALSE(has(*got, "Bcc"));
        CHECK(has(*got, "Date: Fri, 20 Nov 2026 08:27:27 +0000\r\n"));
        CHECK(has(*got, "@d.example>\r\n"));
    }

    TEST_CASE("nobody to send to: the call's fault without -t, the message's with it")
    {
        CHECK(prepare("Subject: x\n\n", {}).error().kind == ErrorKind::refused);
        CHECK(prepare("Subject: x\n\n", {.takes_header_recipients = true}).error().kind ==
              ErrorKind::malformed);
    }

    TEST_CASE("the domain: of addresses without one, and of the Message-ID")
    {
        const auto got =
            prepare("Subject: x\n\n", {.recipients = {"root", "b@d.example"}, .full_name = "Cron"},
                    {"web", "app.example"});
        REQUIRE(got);
        CHECK(got->envelope.recipients == List{"root@app.example", "b@d.example"});
        CHECK(got->envelope.reverse_path == "web@app.example");
        CHECK(has(*got, "From: \"Cron\" <web@app.example>\r\n"));
        CHECK(has(*got, "@app.example>\r\n"));
        const auto without = prepare("Subject: x\n\n", {.recipients = {"root"}});
        REQUIRE(without);
        CHECK(without->envelope.recipients == List{"root"});
        CHECK(without->envelope.reverse_path == "web");
    }

    TEST_CASE("the null sender stays, and the mail has a From all the same where a domain is known")
    {
        const auto got = prepare("Subject: x\n\n", {.recipients = {"b@d.example"}, .sender = ""},
                                 {"web", "app.example"});
        REQUIRE(got);
        CHECK(got->envelope.reverse_path == "");
        CHECK(has(*got, "From: web@app.example\r\n"));
    }

    TEST_CASE("every octet stays: 8-bit, NUL, lone CR, dots, no last line end, CRLF of -ba")
    {
        const std::string header =
            "From: a@d.example\nDate: x\nMessage-ID: <x@d.example>\nTo: b@d.example\n";
        const std::string body = std::string("\xfc\0 \r x\n.\n..\nend", 15);
        const auto got = prepare(header + "\n" + body, {.takes_header_recipients = true});
        REQUIRE(got);
        CHECK(
            got->content ==
            "From: a@d.example\r\nDate: x\r\nMessage-ID: <x@d.example>\r\nTo: b@d.example\r\n\r\n" +
                std::string("\xfc\0 \r x\r\n.\r\n..\r\nend", 18));
        const auto crlf =
            prepare("To: b@d.example\r\n\r\nx\r\n", {.takes_header_recipients = true});
        REQUIRE(crlf);
        CHECK(crlf->content.ends_with("To: b@d.example\r\n\r\nx\r\n"));
    }

    TEST_CASE("a mailbox file's line in front is none of the header's")
    {
        const auto got = prepare("From a@d.example Fri Nov 20 08:27:27 2026\nTo: b@d.example\n\nx",
                                 {.takes_header_recipients = true});
        REQUIRE(got);
        CHECK_FALSE(has(*got, "From a@d.example"));
        CHECK(got->envelope.recipients == List{"b@d.example"});
    }

    TEST_CASE("an empty message is one, for recipients that are given")
    {
        const auto got = prepare("", {.recipients = {"b@d.example"}});
        REQUIRE(got);
        CHECK(got->content.ends_with("\r\n\r\n"));
    }

    TEST_CASE("recipients as people write them")
    {
        const auto got = prepare("\n", {.recipients = {"<b@d.example>", "Carl <c@d.example>",
                                                       "e@d.example, f@d.example"}});
        REQUIRE(got);
        CHECK(got->envelope.recipients ==
              List{"b@d.example", "c@d.example", "e@d.example", "f@d.example"});
    }

    TEST_CASE("a sender as people write it")
    {
        const auto sender_of = [](const char* given) {
            const auto got = prepare("\n", {.recipients = {"b@d.example"}, .sender = given});
            return got ? got->envelope.reverse_path : got.error().step;
        };
        CHECK(sender_of("<a@d.example>") == "a@d.example");
        CHECK(sender_of("Ann <a@d.example>") == "a@d.example");
        CHECK(sender_of("\"a b\"@d.example") == "\"a b\"@d.example");
        CHECK(sender_of("") == "");
        CHECK(sender_of("Ann <a@d.example>, b@d.example") == "the sender holds a bare space");
    }

    TEST_CASE("what could end an SMTP command is no address")
    {
        CHECK(address_fault("ann@d.example") == "");
        CHECK(address_fault("\"a b\"@d.example") == "");
        CHECK(address_fault("jürgen@d.example") == "");
        CHECK(address_fault("a@d.example\r\nRCPT TO:<x@y>") != "");
        CHECK(address_fault("a@d.example> SIZE=1") != "");
        CHECK(address_fault("a b@d.example") != "");
        CHECK(address_fault("\"a@d.example") != "");
        CHECK(address_fault("\"a\\") != "");
        CHECK(address_fault(std::string(1001, 'a')) != "");
        CHECK_FALSE(prepare("\n", {.recipients = {"a@d.example>\r\nRCPT TO:<e@d.example"}}));
        const auto bad = prepare("\n", {.recipients = {"b@d.example"}, .sender = "a\nb@d.example"});
        CHECK(bad.error().kind == ErrorKind::malformed);
    }

    TEST_CASE("on a terminal a lone dot ends the message")
    {
        CHECK(before_lone_dot("a\n.\nb\n") == "a\n");
        CHECK(before_lone_dot(".\n") == "");
        CHECK(before_lone_dot("a\r\n.\r\n") == "a\r\n");
        CHECK(before_lone_dot("a\n..\n. \n") == "a\n..\n. \n");
    }
}

TEST_SUITE("postoffice/submit/mail_text")
{
    TEST_CASE("a subject and a text become a message")
    {
        CHECK(mail_text({"ann@d.example", {"b@d.example", "c@d.example"}, "Hi"}, "x\n") ==
              "From: ann@d.example\nTo: b@d.example,\n c@d.example\nSubject: Hi\n"
              "MIME-Version: 1.0\nContent-Type: text/plain; charset=us-ascii\n"
              "Content-Transfer-Encoding: 7bit\n\nx\n");
        const std::string wide = mail_text({"a@d.example", {"b@d.example"}, ""}, "ü");
        CHECK(wide.find("charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\nü") !=
              std::string::npos);
        CHECK(mail_text({"a", {"b"}, ""}, "\xfc").find("unknown-8bit") != std::string::npos);
    }

    TEST_CASE("no line of the header grows with the recipients (RFC 5322 2.1.1)")
    {
        const std::string text = mail_text({"a@d.example", List(900, "b@d.example"), ""}, "x");
        for (std::size_t begin = 0; begin < text.size();) {
            const auto end = std::min(text.find('\n', begin), text.size());
            CHECK(end - begin <= 78);
            begin = end + 1;
        }
    }

    TEST_CASE("a subject that is not ASCII goes in encoded words, none over 75, no letter cut")
    {
        CHECK(encoded_field("plain") == "plain");
        CHECK(encoded_field("Grüße") == "=?UTF-8?B?R3LDvMOfZQ==?=");
        CHECK(encoded_field("a\nBcc: x") == "a Bcc: x");
        CHECK(encoded_field("=?UTF-8?Q?x?=").starts_with("=?UTF-8?B?"));
        std::string longer;
        for (int i = 0; i < 200; ++i) longer += "ü";
        const std::string field = encoded_field(longer);
        for (std::size_t begin = 0; begin < field.size();) {
            const auto end = std::min(field.find('\n', begin), field.size());
            CHECK(end - begin <= 76);
            begin = end + 1;
        }
    }

    TEST_CASE("RECIPIENT becomes the To of a message that names nobody (AM-11)")
    {
        CHECK(with_recipient("Subject: x\n\ny", "a@d.example") ==
              "To: a@d.example\nSubject: x\n\ny");
        CHECK(with_recipient("To: b@d.example\n\ny", "a@d.example") == "To: b@d.example\n\ny");
    }
}

TEST_SUITE("postoffice/submit/mailq_text")
{
    TEST_CASE("nullmailer's shape, and nothing that moves a cursor")
    {
        const std::string text =
            mailq_text({"web@app.example", {"r1@d.example", "r2\x1b@d.example"}, false}, 0, 163);
        CHECK(text.substr(0, 10).find("19") == 0);
        CHECK(text.substr(19) ==
              " 163 bytes from <web@app.example>\n  to <r1@d.example>\n  to <r2?@d.example>\n");
    }
}
