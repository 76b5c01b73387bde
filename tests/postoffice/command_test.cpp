#include "postoffice/command.h"

#include <doctest/doctest.h>

#include <limits>
#include <string>

using namespace postoffice;
using namespace std::string_literals;

namespace
{

// "<sender>" or "code enhanced"
std::string mail_of(std::string_view argument)
{
    const auto parsed = parse_mail(argument);
    if (const auto* reply = std::get_if<Reply>(&parsed))
        return std::to_string(reply->code) + " " + std::string(reply->enhanced);
    return "<" + std::get<MailArgument>(parsed).reverse_path + ">";
}

std::string rcpt_of(std::string_view argument, bool smtputf8 = false)
{
    const auto parsed = parse_rcpt(argument, smtputf8);
    if (const auto* reply = std::get_if<Reply>(&parsed))
        return std::to_string(reply->code) + " " + std::string(reply->enhanced);
    return "<" + std::get<std::string>(parsed) + ">";
}

}  // namespace

TEST_SUITE("postoffice/command")
{
    TEST_CASE("verbs are read whatever their case; spaces around the argument go (RFC 5321 2.4)")
    {
        const struct {
            std::string line;
            Verb verb;
            std::string argument;
        } rows[] = {
            {"EHLO a.example", Verb::ehlo, "a.example"},
            {"eHlO  a ", Verb::ehlo, "a"},
            {"QUIT", Verb::quit, ""},
            {"quit ", Verb::quit, ""},
            {"MAIL FROM:<>", Verb::mail, "FROM:<>"},
            {"", Verb::unknown, ""},
            {" QUIT", Verb::unknown, " QUIT"},
            {"QUITX", Verb::unknown, "QUITX"},
            {"QUIT\tx", Verb::unknown, "QUIT\tx"},
            {"GET / HTTP/1.1", Verb::unknown, "GET / HTTP/1.1"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.line);
            const Command got = parse_command(row.line);
            CHECK(got.verb == row.verb);
            CHECK(got.argument == row.argument);
        }
    }

    TEST_CASE("paths: what is taken and how it is kept (RFC 5321 4.1.2, appendix C)")
    {
        const struct {
            std::string path, wanted;
        } rows[] = {
            {"<a@b.example>", "<a@b.example>"},
            {"<root>", "<root>"},
            {"<Postmaster>", "<Postmaster>"},
            {"<@x.example,@y.example:a@b.example>", "<a@b.example>"},
            {"<@x.example:root>", "<root>"},
            {"<\"a b\\\"@>c\"@d.example>", "<\"a b\\\"@>c\"@d.example>"},
            {"<a@[192.0.2.1]>", "<a@[192.0.2.1]>"},
            {"<a@[IPv6:2001:db8::1]>", "<a@[IPv6:2001:db8::1]>"},
            {"<a..b.@c.example>", "<a..b.@c.example>"},
            {"<a+b=c/d!e%f@g_h.example.>", "<a+b=c/d!e%f@g_h.example.>"},
            {"<-oQ/tmp@x.example>", "<-oQ/tmp@x.example>"},
            {"<>", "501 5.1.3"},
            {"<#@[]>", "501 5.1.3"},
            {"a@b.example", "501 5.1.3"},
            {"<a@b.example", "501 5.1.3"},
            {"<a@>", "501 5.1.3"},
            {"<@b.example>", "501 5.1.3"},
            {"<@:a@b>", "501 5.1.3"},
            {"<a@b@c>", "501 5.1.3"},
            {"<a b@c>", "501 5.1.3"},
            {"<a@b c>", "501 5.1.3"},
            {"<a@b..c>", "501 5.1.3"},
            {"<a@.b>", "501 5.1.3"},
            {"<\"a@b>", "501 5.1.3"},
            {"<\"a\\", "501 5.1.3"},
            {"<\"a\"b@c>", "501 5.1.3"},
            {"<a@[]>", "501 5.1.3"},
            {"<a@[1.2.3.4>", "501 5.1.3"},
            {"<a,b@c>", "501 5.1.3"},
            {"<a@b>x", "501 5.1.3"},
            {"", "501 5.1.3"},
            {"<a\rb@c>", "501 5.1.3"},
            {"<a\0b@c>"s, "501 5.1.3"},
            {"<a@b\x7f>", "501 5.1.3"},
            {"<\"a\nb\"@c>", "501 5.1.3"},
            {"<a@b.example> NOTIFY=NEVER", "555 5.5.4"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.path);
            CHECK(rcpt_of("TO:" + row.path) == row.wanted);
        }
        CHECK(rcpt_of("to: <a@b.example>") == "<a@b.example>");
        CHECK(rcpt_of("FROM:<a@b.example>") == "501 5.5.4");
        CHECK(rcpt_of("") == "501 5.5.4");
    }

    TEST_CASE(
        "domain 255, path 256, and not one more; a local part of any size in it (RFC 5321 4.5.3.1)")
    {
        const std::string label = std::string(50, 'd') + ".";
        const std::string domain = label + label + label + std::string(36, 'e');  // 189
        CHECK(rcpt_of("TO:<" + std::string(64, 'l') + "@" + domain + ">").front() ==
              '<');  // 254 + <>
        CHECK(rcpt_of("TO:<" + std::string(64, 'l') + "@" + domain + "f>") == "501 5.1.3");
        CHECK(rcpt_of("TO:<l@" + std::string(256, 'd') + ">") == "501 5.1.3");
        CHECK(rcpt_of("TO:<" + std::string(244, 'l') + "@b.example>").front() == '<');
        CHECK(rcpt_of("TO:<" + std::string(245, 'l') + "@b.example>") == "501 5.1.3");
        CHECK(rcpt_of("TO:<" + std::string(255, 'l') + ">") == "501 5.1.3");
        CHECK(mail_of("FROM:<" + std::string(245, 'l') + "@b.example>") == "501 5.1.7");
    }

    TEST_CASE("senders that VERP and SRS make have long local parts, and pass")
    {
        const std::string verp =
            "bounces+1234567-89ab-ann.with.a.long.name=customer.of.a.long.domain.example";
        CHECK(mail_of("FROM:<" + verp + "@mail.app.example>") == "<" + verp + "@mail.app.example>");
    }

    TEST_CASE("the null sender is <>, and qmail's <#@[]> counts as it (RFC 5321 4.5.5)")
    {
        CHECK(mail_of("FROM:<>") == "<>");
        CHECK(mail_of("FROM:<#@[]>") == "<>");
        CHECK(mail_of("FROM: <> SIZE=10") == "<>");
        CHECK(mail_of("FROM:<root>") == "<root>");
    }

    TEST_CASE("MAIL's parameters: SIZE, BODY, SMTPUTF8, and no others (RFC 1870, 6152, 6531)")
    {
        const struct {
            std::string parameters, wanted;
        } rows[] = {
            {"", "<a@b>"},
            {" ", "<a@b>"},
            {" SIZE=100", "<a@b>"},
            {" size=100 body=8bitmime", "<a@b>"},
            {"  BODY=7BIT   SMTPUTF8 ", "<a@b>"},
            {" SIZE=99999999999999999999999999", "<a@b>"},
            {" SIZE", "501 5.5.4"},
            {" SIZE=", "501 5.5.4"},
            {" SIZE=-1", "501 5.5.4"},
            {" SIZE=1x", "501 5.5.4"},
            {" BODY=BINARYMIME", "501 5.5.4"},
            {" BODY", "501 5.5.4"},
            {" SMTPUTF8=1", "501 5.5.4"},
            {" RET=HDRS", "555 5.5.4"},
            {" =", "555 5.5.4"},
            {"SIZE=1", "501 5.1.7"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.parameters);
            CHECK(mail_of("FROM:<a@b>" + row.parameters) == row.wanted);
        }
        const auto parsed = parse_mail("FROM:<a@b> SIZE=12345 SMTPUTF8");
        CHECK(std::get<MailArgument>(parsed).declared_size == 12345);
        CHECK(std::get<MailArgument>(parsed).smtputf8);
        CHECK(std::get<MailArgument>(parse_mail("FROM:<a@b> SIZE=99999999999999999999"))
                  .declared_size == std::numeric_limits<std::uint64_t>::max());
    }

    TEST_CASE("a non-ASCII address needs SMTPUTF8, and then sound UTF-8 (RFC 6531 3.5)")
    {
        CHECK(mail_of("FROM:<m\xc3\xbcller@example.org>") == "553 5.6.7");
        CHECK(mail_of("FROM:<m\xc3\xbcller@example.org> SMTPUTF8") ==
              "<m\xc3\xbcller@example.org>");
        CHECK(mail_of("FROM:<a@b\xc3\xbc.example> SMTPUTF8") == "<a@b\xc3\xbc.example>");
        CHECK(mail_of("FROM:<m\xfcller@example.org> SMTPUTF8") == "501 5.1.7");
        CHECK(rcpt_of("TO:<m\xc3\xbcller@example.org>") == "553 5.6.7");
        CHECK(rcpt_of("TO:<m\xc3\xbcller@example.org>", true) == "<m\xc3\xbcller@example.org>");
    }
}
