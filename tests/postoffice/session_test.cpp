#include "postoffice/session.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace postoffice;

namespace
{

struct Fixture {
    SessionOptions options;
    Session session{options};

    int code(std::string_view line) { return session.on_line(line).reply->code; }
    std::string reply(std::string_view line)
    {
        const Action action = session.on_line(line);
        return std::to_string(action.reply->code) + " " + std::string(action.reply->enhanced);
    }
    void open_mail()
    {
        code("HELO a");
        code("MAIL FROM:<a@b.example>");
        code("RCPT TO:<c@d.example>");
    }
};

const mail::SpoolId kId = *mail::SpoolId::parse("018f0000000070008000000000000001");

}  // namespace

TEST_SUITE("postoffice/session")
{
    TEST_CASE_FIXTURE(
        Fixture, "HELO alone is enough, and a mail gets through to its commit (RFC 5321 4.1.1)")
    {
        CHECK(session.greet().reply->text == "localhost ESMTP");
        CHECK(code("HELO anything at all") == 250);
        CHECK(reply("MAIL FROM:<a@b.example>") == "250 2.1.0");
        CHECK(reply("RCPT TO:<c@d.example>") == "250 2.1.5");
        CHECK(reply("RCPT TO:<root>") == "250 2.1.5");
        const Action data = session.on_line("DATA");
        CHECK(data.reply->code == 354);
        CHECK(data.kind == Action::Kind::read_content);

        const Action commit = session.on_content(ContentEnd::complete, "Subject: x\r\n\r\n");
        CHECK(commit.kind == Action::Kind::commit);
        CHECK_FALSE(commit.reply);
        const mail::Envelope envelope = session.take_envelope();
        CHECK(envelope.reverse_path == "a@b.example");
        CHECK(envelope.recipients == std::vector<std::string>{"c@d.example", "root"});

        const Action stored = session.on_stored(kId);
        CHECK(stored.reply->code == 250);
        CHECK(stored.reply->text == "Ok: queued as 018f0000000070008000000000000001");
        CHECK(session.state() == State::greeted);
    }

    TEST_CASE("which verb is welcome in which state (RFC 5321 4.1.4)")
    {
        const std::vector<std::pair<std::string, std::vector<int>>> rows = {
            // verb                     connected greeted mail rcpt
            {"HELO a", {250, 250, 250, 250}},
            {"EHLO a", {250, 250, 250, 250}},
            {"MAIL FROM:<x@y.example>", {503, 250, 503, 503}},
            {"RCPT TO:<x@y.example>", {503, 503, 250, 250}},
            {"DATA", {503, 503, 503, 354}},
            {"RSET", {250, 250, 250, 250}},
            {"NOOP", {250, 250, 250, 250}},
            {"VRFY x", {252, 252, 252, 252}},
            {"EXPN x", {502, 502, 502, 502}},
            {"HELP", {214, 214, 214, 214}},
            {"STARTTLS", {454, 454, 454, 454}},
            {"AUTH PLAIN AGEAYg==", {454, 454, 454, 454}},
            {"BDAT 5 LAST", {502, 502, 502, 502}},
            {"FOO", {500, 500, 500, 500}},
            {"", {500, 500, 500, 500}},
            {"QUIT", {221, 221, 221, 221}},
        };
        const char* const steps[] = {"HELO a", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>"};
        for (const auto& [command, codes] : rows) {
            const auto& line = command;
            for (std::size_t depth = 0; depth < codes.size(); ++depth) {
                Fixture fixture;
                for (std::size_t step = 0; step < depth; ++step) fixture.code(steps[step]);
                CAPTURE(line);
                CAPTURE(depth);
                CHECK(fixture.code(line) == codes[depth]);
            }
        }
    }

    TEST_CASE_FIXTURE(
        Fixture,
        "EHLO announces what there is and nothing else; no reply says more of us than --hostname")
    {
        CHECK(session.on_line("EHLO a").reply->text ==
              "localhost\nPIPELINING\n8BITMIME\nSMTPUTF8\nSIZE 33554432\nENHANCEDSTATUSCODES");
    }

    TEST_CASE_FIXTURE(Fixture, "a refused command changes nothing: the mail goes on")
    {
        open_mail();
        CHECK(code("RCPT TO:<>") == 501);
        CHECK(code("MAIL FROM:<z@z.example>") == 503);
        CHECK(code("FOO") == 500);
        CHECK(code("DATA") == 354);
        CHECK(session.take_envelope().recipients == std::vector<std::string>{"c@d.example"});
    }

    TEST_CASE_FIXTURE(Fixture, "RSET, HELO and EHLO forget the mail (RFC 5321 4.1.1.5)")
    {
        for (const char* line : {"RSET", "HELO b", "EHLO b"}) {
            open_mail();
            CHECK(code(line) == 250);
            CHECK(session.state() == State::greeted);
            CHECK(session.take_envelope() == mail::Envelope{});
        }
    }

    TEST_CASE_FIXTURE(
        Fixture,
        "no room: MAIL, and what a pipelining client sent behind it, hear 452 and never a 5xx")
    {
        bool has_room = false;
        options.has_room = [&] { return has_room; };
        code("EHLO a");
        CHECK(reply("MAIL FROM:<a@b.example>") == "452 4.3.1");
        for (int i = 0; i < 30; ++i) CHECK(reply("RCPT TO:<c@d.example>") == "452 4.3.1");
        CHECK(reply("DATA") == "452 4.3.1");
        has_room = true;
        CHECK(code("MAIL FROM:<a@b.example>") == 250);
        CHECK(code("RCPT TO:<c@d.example>") == 250);
    }

    TEST_CASE_FIXTURE(Fixture, "SIZE over the limit is refused at MAIL (RFC 1870 6.1)")
    {
        options.max_content_bytes = 1000;
        code("EHLO a");
        CHECK(code("MAIL FROM:<a@b.example> SIZE=1000") == 250);
        code("RSET");
        CHECK(reply("MAIL FROM:<a@b.example> SIZE=1001") == "552 5.3.4");
        CHECK(reply("MAIL FROM:<a@b.example> SIZE=99999999999999999999") == "552 5.3.4");
    }

    TEST_CASE_FIXTURE(
        Fixture,
        "the 1,001st recipient is put off, and those before it are kept (RFC 5321 4.5.3.1.10)")
    {
        open_mail();
        for (int i = 1; i < 1000; ++i) REQUIRE(code("RCPT TO:<c@d.example>") == 250);
        CHECK(reply("RCPT TO:<c@d.example>") == "452 4.5.3");
        CHECK(code("DATA") == 354);
        CHECK(session.take_envelope().recipients.size() == 1000);
    }

    TEST_CASE_FIXTURE(Fixture, "recipients are counted in bytes too")
    {
        options.max_recipient_bytes = 20;
        open_mail();
        CHECK(reply("RCPT TO:<long-name@d.example>") == "452 4.5.3");
        CHECK(code("RCPT TO:<e@f.exam>") == 250);
    }

    TEST_CASE_FIXTURE(Fixture, "over 50 Received lines the mail goes in circles (RFC 5321 6.3)")
    {
        std::string head;
        for (int i = 0; i < 50; ++i) head += "Received: from a\r\n\tby b\r\n";
        open_mail();
        CHECK(
            session.on_content(ContentEnd::complete, head + "\r\nReceived: in the body\r\n").kind ==
            Action::Kind::commit);
        open_mail();
        const Action action =
            session.on_content(ContentEnd::complete, head + "RECEIVED: x\r\n\r\n");
        CHECK(action.reply->code == 554);
        CHECK(action.reply->enhanced == "5.4.6");
        CHECK(session.state() == State::greeted);
    }

    TEST_CASE_FIXTURE(Fixture, "what became of the content decides the reply")
    {
        open_mail();
        CHECK(session.on_content(ContentEnd::oversize, "").reply->code == 552);
        open_mail();
        CHECK(session.on_content(ContentEnd::no_memory, "").reply->code == 452);
        open_mail();
        const Action endless = session.on_content(ContentEnd::endless, "");
        CHECK(endless.reply->code == 421);
        CHECK(endless.kind == Action::Kind::close);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "a mail that could not be stored is put off, and the session goes on")
    {
        open_mail();
        static_cast<void>(session.on_content(ContentEnd::complete, ""));
        const Action action = session.on_stored(mail::Error{mail::ErrorKind::temporary, "sync", 5});
        CHECK(action.reply->code == 451);
        CHECK(action.kind == Action::Kind::read_line);
        CHECK(code("MAIL FROM:<a@b.example>") == 250);
    }

    TEST_CASE_FIXTURE(Fixture, "the 20th 5xx ends the connection with 421; 4xx do not count")
    {
        for (int i = 0; i < 50; ++i)
            CHECK(session.on_line("AUTH LOGIN").kind == Action::Kind::read_line);
        for (int i = 1; i < 20; ++i) CHECK(session.on_line("FOO").kind == Action::Kind::read_line);
        const Action last = session.on_bad_line(LineReader::Kind::too_long);
        CHECK(last.kind == Action::Kind::close);
        CHECK(last.reply->code == 500);
        CHECK(last.last_word->code == 421);
    }

    TEST_CASE("every refusal is told to the log, with its verb")
    {
        std::vector<std::string> told;
        SessionOptions options;
        options.on_refusal = [&](Verb verb, const Reply& reply, bool) {
            told.push_back(std::string(name_of(verb)) + " " + std::to_string(reply.code));
        };
        Session session(options);
        session.on_line("EHLO a");
        session.on_line("RCPT TO:<a@b>");
        session.on_line("STARTTLS");
        session.on_line("FOO");
        CHECK(told == std::vector<std::string>{"rcpt 503", "starttls 454", "unknown 500"});
    }

    TEST_CASE("a refusal that befalls a mail is told as one, and mere talk is not")
    {
        bool has_room = true;
        std::vector<std::string> of_mail, talk;
        SessionOptions options;
        options.max_content_bytes = 100;
        options.has_room = [&] { return has_room; };
        options.on_refusal = [&](Verb verb, const Reply& reply, bool is_of_mail) {
            (is_of_mail ? of_mail : talk)
                .push_back(std::string(name_of(verb)) + " " + std::to_string(reply.code));
        };
        const auto told = [](std::vector<std::string>& lines) { return std::exchange(lines, {}); };
        using Lines = std::vector<std::string>;
        Session session(options);
        session.on_line("FOO");
        session.on_line("MAIL FROM:<a@b>");
        session.on_line("EHLO a");
        session.on_line("RCPT TO:<a@b>");
        session.on_line("DATA");
        session.on_line("AUTH PLAIN");
        session.on_bad_line(LineReader::Kind::too_long);
        CHECK(told(talk) ==
              Lines{"unknown 500", "mail 503", "rcpt 503", "data 503", "auth 454", "unknown 500"});
        session.on_line("MAIL FROM:<a@b> SIZE=101");
        session.on_line("MAIL FROM:a b");
        CHECK(told(of_mail) == Lines{"mail 552", "mail 501"});
        session.on_line("MAIL FROM:<a@b>");
        session.on_line("DATA");
        session.on_line("RCPT TO:x y");
        session.on_bad_line(LineReader::Kind::too_long);
        session.on_line("RCPT TO:<a@b>");
        session.on_line("DATA");
        session.on_content(ContentEnd::oversize, "");
        CHECK(told(of_mail) == Lines{"data 503", "rcpt 501", "unknown 500", "data 552"});
        has_room = false;
        session.on_line("MAIL FROM:<a@b>");
        session.on_line("RCPT TO:<a@b>");
        session.on_line("DATA");
        CHECK(told(of_mail) == Lines{"mail 452", "rcpt 452", "data 452"});
        CHECK(talk.empty());
    }
}
