#include "postoffice/http/posted_mail.h"

#include <doctest/doctest.h>

#include <optional>

using namespace postoffice::http;
using Addresses = std::vector<std::string>;
using Kind = PostedFault::Kind;

namespace
{

const SenderRules kEverybody;

mail::Message mail_of(std::string text, WantedEnvelope wanted = {},
                      const SenderRules& rules = kEverybody)
{
    auto made = posted_mail(std::move(text), std::move(wanted), rules);
    REQUIRE(std::holds_alternative<mail::Message>(made));
    return std::get<mail::Message>(std::move(made));
}

std::optional<Kind> fault_of(std::string text, WantedEnvelope wanted = {},
                             const SenderRules& rules = kEverybody)
{
    const auto made = posted_mail(std::move(text), std::move(wanted), rules);
    const auto* fault = std::get_if<PostedFault>(&made);
    return fault == nullptr ? std::nullopt : std::optional(fault->kind);
}

}  // namespace

TEST_SUITE("postoffice/http/posted_mail")
{
    TEST_CASE(
        "what the request does not name comes from the header: Sender, else From; To, Cc, Bcc")
    {
        const auto mail = mail_of(
            "From: Ann <ann@a.example>\nSender: web@a.example\nTo: c@d.example, Eve <e@f.example>\n"
            "Cc: c@d.example\nBCC: secret@g.example,\n more@g.example\n\nhi\n");
        CHECK(mail.envelope.reverse_path == "web@a.example");
        CHECK(mail.envelope.recipients ==
              Addresses{"c@d.example", "e@f.example", "secret@g.example", "more@g.example"});
        CHECK(mail.content ==
              "From: Ann <ann@a.example>\r\nSender: web@a.example\r\nTo: c@d.example, Eve "
              "<e@f.example>\r\nCc: c@d.example\r\n\r\nhi\r\n");
    }

    TEST_CASE("what it names goes before the header, and Bcc is taken off all the same")
    {
        const auto mail = mail_of("To: not@this.example\r\nBcc: nor@this.example\r\n\r\nhi\r\n",
                                  {"", {"c@d.example"}});
        CHECK(mail.envelope.reverse_path.empty());
        CHECK(mail.envelope.recipients == Addresses{"c@d.example"});
        CHECK(mail.content == "To: not@this.example\r\n\r\nhi\r\n");
    }

    TEST_CASE("a mail that is resent goes to the newest Resent- block (RFC 5322 3.6.6)")
    {
        const auto mail = mail_of(
            "Resent-From: r@a.example\nResent-To: x@d.example\nResent-Bcc: y@d.example\n"
            "From: ann@a.example\nTo: c@d.example\nBcc: old@d.example\n\nhi\n");
        CHECK(mail.envelope.reverse_path == "r@a.example");
        CHECK(mail.envelope.recipients == Addresses{"x@d.example", "y@d.example"});
        CHECK(mail.content.find("Bcc") == std::string::npos);
    }

    TEST_CASE("every octet but a bare line end stays")
    {
        std::string octets;
        for (int c = 0; c < 256; ++c)
            if (c != '\n') octets += static_cast<char>(c);
        const std::string text =
            "From: a@b.example\r\n\r\n" + octets + "\r\nend without a line end";
        CHECK(mail_of(text, {"", {"c@d.example"}}).content == text);
        CHECK(mail_of("a\nb\r\r\nc\r\n\rd", {"", {"c@d.example"}}).content == "a\r\nb\r\nc\r\n\rd");
    }

    TEST_CASE("a header without a sender gets the default one, and without that it is refused")
    {
        const SenderRules rules = *SenderRules::parse("noreply@shop.example", {"@shop.example"});
        CHECK(mail_of("To: c@d.example\n\nhi\n", {}, rules).envelope.reverse_path ==
              "noreply@shop.example");
        CHECK(fault_of("To: c@d.example\n\nhi\n") == Kind::no_sender);
        CHECK(fault_of("From: a@b.example\nTo: c@d.example\n\nhi\n", {}, rules) ==
              Kind::sender_not_allowed);
    }

    TEST_CASE("a message that cannot be sent is refused, and says why")
    {
        std::string circles;
        for (int i = 0; i < 51; ++i) circles += "Received: from x\n";
        std::string crowd = "From: a@b.example\nTo: ";
        for (int i = 0; i < 10'000; ++i) crowd += "user" + std::to_string(i) + "@d.example,\n ";
        struct Row {
            const char* what;
            std::string text;
            WantedEnvelope wanted;
            Kind kind;
        };
        const Row rows[] = {
            {"nothing at all", "", {"", {"c@d.example"}}, Kind::empty},
            {"nobody to get it", "From: a@b.example\n\nhi\n", {}, Kind::no_recipients},
            {"an empty group", "From: a@b.example\nTo: all:;\n\nhi\n", {}, Kind::no_recipients},
            {"10,000 of them", crowd + "last@d.example\n\nhi\n", {}, Kind::too_many_recipients},
            {"no address in To",
             "From: a@b.example\nTo: <c@d..e@f>\n\nhi\n",
             {},
             Kind::malformed_address},
            {"an address that is not UTF-8",
             "From: a@b.example\nTo: <\xff@d.example>\n\nhi\n",
             {},
             Kind::malformed_address},
            {"a mail in circles", circles + "\nhi\n", {"", {"c@d.example"}}, Kind::in_circles},
            {"a header of 3 MiB to look through",
             "From: a@b.example\nX: " + std::string(3 << 20, 'x') + "\n\nhi\n",
             {},
             Kind::header_too_large},
        };
        for (const Row& row : rows) {
            CAPTURE(row.what);
            CHECK(fault_of(row.text, row.wanted) == row.kind);
        }
    }

    TEST_CASE("what is no address is shown with its beginning, whole characters of it")
    {
        const std::string longer = "x" + std::string(1000, 'a') + "@d.example";
        const auto made = posted_mail("From: a@b.example\nTo: " + longer + "\n\nhi\n", {}, {});
        const auto* fault = std::get_if<PostedFault>(&made);
        REQUIRE(fault != nullptr);
        CHECK(fault->kind == Kind::malformed_address);
        CHECK(fault->address == longer.substr(0, 256) + "...");

        std::string wide = "x";
        for (int i = 0; i < 500; ++i) wide += "\xc3\xa4";
        const auto refused = posted_mail("hi\n", {wide, {"c@d.example"}}, {});
        REQUIRE(std::get_if<PostedFault>(&refused) != nullptr);
        CHECK(std::get<PostedFault>(refused).address == wide.substr(0, 255) + "...");
    }

    TEST_CASE("a From behind two MiB of header is not looked for")
    {
        std::string text;
        while (text.size() < (2U << 20)) text += "X-Filler: " + std::string(60, 'x') + "\n";
        CHECK(from_address("From: a@b.example\n" + text) == "a@b.example");
        CHECK(from_address(text + "From: a@b.example\n\nhi\n").empty());
    }

    TEST_CASE("a Bcc alone is enough of a recipient")
    {
        const auto mail = mail_of("From: a@b.example\nBcc: c@d.example\n\nhi\n");
        CHECK(mail.envelope.recipients == Addresses{"c@d.example"});
        CHECK(mail.content == "From: a@b.example\r\n\r\nhi\r\n");
    }

    TEST_CASE("an address beyond ASCII asks for SMTPUTF8")
    {
        CHECK(mail_of("hi", {"", {"\xc3\xa9@d.example"}}).envelope.smtputf8);
        CHECK_FALSE(mail_of("hi", {"", {"e@d.example"}}).envelope.smtputf8);
    }

    TEST_CASE("the mbox line names the sender and is no part of the message")
    {
        std::string text = "From ann@a.example Fri Nov 20 08:27:27 2026\nFrom: b@c.example\n\nhi\n";
        CHECK(mbox_sender(text) == "ann@a.example");
        remove_mbox_line(text);
        CHECK(text == "From: b@c.example\n\nhi\n");
        CHECK(mbox_sender(text).empty());
        CHECK(from_address(text) == "b@c.example");
        CHECK(mbox_sender("From  <x@y.example>\r\n") == "x@y.example");
        CHECK(mbox_sender("From \n").empty());
    }

    TEST_CASE("a body is what follows the empty line")
    {
        CHECK(has_body("A: b\r\n\r\nx"));
        CHECK_FALSE(has_body("A: b\r\n\r\n"));
        CHECK_FALSE(has_body("A: b\r\n"));
    }
}
