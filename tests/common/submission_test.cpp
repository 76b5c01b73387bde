#include "common/submission.h"

#include <doctest/doctest.h>

using mail::header_recipients;
using mail::header_sender;
using mail::submitted_mail;
using mail::with_demanded_fields;

namespace
{

using List = std::vector<std::string>;
const mail::WallTime kNow{std::chrono::seconds(1795163247)};

mail::Record record_of(const std::string& text, const mail::SubmissionOrders& orders = {})
{
    auto record = mail::submitted_mail(text, orders, kNow);
    REQUIRE(record);
    return std::move(*record);
}

}  // namespace

TEST_SUITE("common/submission")
{
    TEST_CASE("the recipients are those of To, Cc and Bcc, each once (RFC 5322 3.6.3)")
    {
        CHECK(mail::header_recipients("To: Ann <ann@d.example>, \"B, b\" <bob@d.example>\r\n"
                                      "Cc: ann@d.example\r\nSubject: To: eve@d.example\r\n"
                                      "Bcc: team: carl@d.example,\r\n dora@d.example;\r\n\r\n"
                                      "To: body@d.example\r\n") ==
              List{"ann@d.example", "bob@d.example", "carl@d.example", "dora@d.example"});
        CHECK(mail::header_recipients("To: undisclosed-recipients:;\r\n\r\n") == List{});
        CHECK(mail::header_recipients("no header\r\n") == List{});
    }

    TEST_CASE("of a resent mail they are those of the newest block (RFC 5322 3.6.6)")
    {
        const std::string mail =
            "Resent-From: ann@d.example\r\nResent-To: new@d.example\r\nResent-Cc: cc@d.example\r\n"
            "Resent-Bcc: blind@d.example\r\nReceived: from a by b\r\nResent-From: old@d.example\r\n"
            "Resent-To: older@d.example\r\nFrom: shop@app.example\r\nTo: first@d.example\r\n\r\n";
        CHECK(mail::header_recipients(mail) ==
              List{"new@d.example", "cc@d.example", "blind@d.example"});
        CHECK(mail::header_sender(mail) == "ann@d.example");

        SUBCASE("two blocks with nothing between them are two all the same")
        {
            CHECK(mail::header_recipients("Resent-To: new@d.example\r\nResent-From: a@d.example\r\n"
                                          "Resent-To: older@d.example\r\n\r\n") ==
                  List{"new@d.example"});
        }
    }

    TEST_CASE(
        "the sender is Sender before From, for nobody answers for several authors (RFC 5322 3.6.2)")
    {
        CHECK(
            mail::header_sender("From: a@d.example, b@d.example\r\nSender: s@d.example\r\n\r\n") ==
            "s@d.example");
        CHECK(mail::header_sender("From: A <a@d.example>, b@d.example\r\n\r\n") == "a@d.example");
        CHECK(mail::header_sender("Subject: x\r\n\r\n").empty());
    }

    TEST_CASE("what the command line says goes before the header")
    {
        const std::string mail = "From: a@d.example\nTo: ann@d.example\n\nx\n";
        CHECK(record_of(mail, {.recipients = {"eve@d.example"}}).envelope.recipients ==
              List{"eve@d.example"});
        CHECK(record_of(mail, {.recipients = {"eve@d.example"}, .adds_header_recipients = true})
                  .envelope.recipients == List{"eve@d.example", "ann@d.example"});
        CHECK(record_of(mail).envelope.reverse_path == "a@d.example");
        for (const char* null_sender : {"", "<>"})
            CHECK(record_of(mail, {.has_sender = true, .sender = null_sender})
                      .envelope.reverse_path.empty());
    }

    TEST_CASE("without a recipient or a sender there is no mail, and the line says so")
    {
        CHECK_FALSE(mail::submitted_mail("From: a@d.example\n\nx\n", {}, kNow));
        CHECK_FALSE(mail::submitted_mail("To: ann@d.example\n\nx\n", {}, kNow));
    }

    TEST_CASE("blind copies are taken out with their folded lines, and nothing else")
    {
        CHECK(record_of("From: a@d.example\nBcc: x@d.example,\n y@d.example\nTo: ann@d.example\n"
                        "bCC: z@d.example\n\nBcc: body\n")
                  .content == "From: a@d.example\r\nTo: ann@d.example\r\n\r\nBcc: body\r\n");
    }

    TEST_CASE("line ends of every kind are CRLF, and the last line stays as it is")
    {
        CHECK(record_of("From: a@d.example\r\r\nTo: ann@d.example\r\n\na\rb\n.\nend").content ==
              "From: a@d.example\r\nTo: ann@d.example\r\n\r\na\rb\r\n.\r\nend");
    }

    TEST_CASE("From, Date and Message-ID are put in where they are missing (RFC 5322 3.6)")
    {
        auto record = record_of("To: ann@d.example\n\nx\n",
                                {.has_sender = true, .sender = "web@app.example"});
        const std::string mail = mail::with_demanded_fields(record, "", kNow);
        CHECK(
            mail.starts_with("From: web@app.example\r\nDate: Fri, 20 Nov 2026 08:27:27 +0000\r\n"
                             "Message-ID: <"));
        CHECK(mail.find("@app.example>\r\nTo: ann@d.example\r\n\r\nx\r\n") != std::string::npos);

        SUBCASE("and left alone where they are there")
        {
            record.content = "date: x\r\nFROM: a@d.example\r\nMessage-Id: <1@d>\r\n\r\nx";
            CHECK(mail::with_demanded_fields(record, "", kNow) == record.content);
        }
        SUBCASE("text without a header stays text")
        {
            record.content = "hello\r\n";
            CHECK(mail::with_demanded_fields(record, "", kNow).ends_with(">\r\n\r\nhello\r\n"));
            record.content = "\r\nhello\r\n";
            CHECK(mail::with_demanded_fields(record, "", kNow).ends_with(">\r\n\r\nhello\r\n"));
        }
        SUBCASE("a full name cannot end the line")
        {
            CHECK(mail::with_demanded_fields(record, "A \"B\"\r\nBcc: x@d", kNow)
                      .starts_with("From: \"A \\\"B\\\"Bcc: x@d\" <web@app.example>\r\n"));
        }
        SUBCASE("a null sender gets no From, and its identifier nobody's domain (RFC 2606)")
        {
            record.envelope.reverse_path.clear();
            record.content = "To: ann@d.example\r\n\r\n";
            const std::string bounce = mail::with_demanded_fields(record, "", kNow);
            CHECK(bounce.find("From:") == std::string::npos);
            CHECK(bounce.find("@id.example>") != std::string::npos);
        }
    }
}
