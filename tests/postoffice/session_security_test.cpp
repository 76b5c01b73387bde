// STARTTLS and what a client must be before MAIL: the bare session, and the conversation around it.
#include <doctest/doctest.h>

#include <string>

#include "tests/postoffice/driven_conversation.h"

using namespace postoffice;
using postoffice::test::DrivenConversation;

namespace
{

SessionOptions with_tls()
{
    SessionOptions options;
    options.security.offers_tls = true;
    return options;
}

/// A client on another host.
SessionOptions from_outside()
{
    SessionOptions options = with_tls();
    options.security.is_local = false;
    return options;
}

std::string said(Session& session, std::string_view line, bool is_last = true)
{
    const Action action = session.on_line(line, is_last);
    return std::to_string(action.reply->code) + " " + std::string(action.reply->enhanced);
}

bool announces(Session& session, std::string_view word)
{
    const std::string text = session.on_line("EHLO a").reply->text + "\n";
    return text.find("\n" + std::string(word)) != std::string::npos;
}

}  // namespace

TEST_SUITE("postoffice/session security")
{
    TEST_CASE(
        "STARTTLS is announced until TLS has begun, and all said before is forgotten (RFC 3207)")
    {
        const SessionOptions options = with_tls();
        Session session(options);
        CHECK(announces(session, "STARTTLS"));
        CHECK(said(session, "MAIL FROM:<a@b.example>") == "250 2.1.0");
        CHECK(said(session, "STARTTLS now") == "501 5.5.4");
        const Action action = session.on_line("starttls");
        CHECK(action.kind == Action::Kind::start_tls);
        CHECK(action.reply->code == 220);

        session.on_tls(false);
        CHECK(session.state() == State::connected);
        CHECK(said(session, "RCPT TO:<a@b.example>") == "503 5.5.1");
        CHECK_FALSE(announces(session, "STARTTLS"));
        CHECK(said(session, "STARTTLS") == "503 5.5.1");
        CHECK(said(session, "RCPT TO:<a@b.example>") == "503 5.5.1");
    }

    TEST_CASE("STARTTLS with something behind it is refused, and so begins no TLS (CVE-2011-0411)")
    {
        const SessionOptions options = with_tls();
        Session session(options);
        said(session, "EHLO a");
        const Action action = session.on_line("STARTTLS", false);
        CHECK(action.kind == Action::Kind::read_line);
        CHECK(action.reply->code == 503);
        CHECK(session.on_line("STARTTLS").kind == Action::Kind::start_tls);
    }

    TEST_CASE(
        "in a stream: what is behind STARTTLS runs outside, or never, and nothing of it inside")
    {
        const std::string evil = "MAIL FROM:<evil@x.example>\r\nRCPT TO:<evil@x.example>\r\n";
        SUBCASE("in one piece")
        {
            DrivenConversation driven(with_tls());
            driven.send("EHLO a\r\nSTARTTLS\r\n" + evil);
            CHECK(driven.output.find("503 5.5.1") != std::string::npos);
            CHECK(driven.output.find("220 2.0.0") == std::string::npos);
            CHECK(driven.output.ends_with("250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n"));
        }
        SUBCASE("half a command")
        {
            DrivenConversation driven(with_tls());
            driven.send("EHLO a\r\nSTARTTLS\r\nM");
            CHECK(driven.output.find("220 2.0.0") == std::string::npos);
        }
        SUBCASE("read while the handshake is at work: thrown away")
        {
            SessionOptions options = with_tls();
            Conversation conversation(options);
            conversation.advance();
            const auto feed = [&](std::string_view bytes) {
                std::copy(bytes.begin(), bytes.end(), conversation.input_space().begin());
                conversation.received(bytes.size());
            };
            feed("EHLO a\r\nSTARTTLS\r\n");
            REQUIRE(conversation.advance() == Conversation::Need::tls);
            feed(evil);
            CHECK(conversation.advance() == Conversation::Need::tls);
            conversation.output_sent();
            conversation.tls_started(false);
            CHECK(conversation.advance() == Conversation::Need::input);
            CHECK(conversation.output().empty());
        }
    }

    TEST_CASE("a mail goes through inside TLS")
    {
        DrivenConversation driven(with_tls());
        driven.send("EHLO a\r\nSTARTTLS\r\n");
        driven.send(
            "EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nhi\r\n.\r\n");
        REQUIRE(driven.mails.size() == 1);
        CHECK(driven.mails[0].content == "hi\r\n");
    }

    TEST_CASE("where TLS is wanted MAIL outside hears a 4xx, and what is behind it the same")
    {
        SessionOptions options = from_outside();
        options.security.requires_tls = true;
        Session session(options);
        said(session, "EHLO a");
        for (const char* line : {"MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"})
            CHECK(said(session, line) == "451 4.7.0");
        CHECK(said(session, "MAIL FROM:bad") == "501 5.1.7");
        CHECK(session.on_line("STARTTLS").kind == Action::Kind::start_tls);
        session.on_tls(false);
        said(session, "EHLO a");
        CHECK(said(session, "MAIL FROM:<a@b.example>") == "250 2.1.0");
    }

    TEST_CASE("a client on this host needs neither TLS nor a name")
    {
        SessionOptions options = with_tls();
        options.security.requires_tls = true;
        options.security.requires_identity = true;
        Session session(options);
        said(session, "HELO a");
        CHECK(said(session, "MAIL FROM:<a@b.example>") == "250 2.1.0");
    }

    TEST_CASE("where a name is wanted a client's certificate is one, and without it MAIL hears 454")
    {
        SessionOptions options = from_outside();
        options.security.requires_identity = true;
        Session session(options);
        said(session, "EHLO a");
        CHECK(said(session, "MAIL FROM:<a@b.example>") == "454 4.7.0");
        session.on_tls(false);
        said(session, "EHLO a");
        CHECK(said(session, "MAIL FROM:<a@b.example>") == "454 4.7.0");

        Session known(options);
        known.on_tls(true);
        said(known, "EHLO a");
        CHECK(said(known, "MAIL FROM:<a@b.example>") == "250 2.1.0");
    }

    TEST_CASE("AUTH is announced and taken inside TLS only, of clients on other hosts (RFC 4954)")
    {
        SessionOptions options = from_outside();
        options.security.offers_auth = true;
        options.security.requires_identity = true;
        Session session(options);
        CHECK_FALSE(announces(session, "AUTH"));
        CHECK(said(session, "AUTH PLAIN AGFubgBzZWNyZXQ=") == "454 4.7.0");
        CHECK_FALSE(session.is_in_auth());
        session.on_tls(false);
        CHECK(announces(session, "AUTH PLAIN LOGIN"));
        CHECK(said(session, "MAIL FROM:<a@b.example>") == "454 4.7.0");

        const Action action = session.on_line("AUTH PLAIN AGFubgBzZWNyZXQ=");
        CHECK(action.kind == Action::Kind::authenticate);
        CHECK_FALSE(action.reply);
        const mail::Credentials credentials = session.take_credentials();
        CHECK(credentials.name == "ann");
        CHECK(credentials.password == "secret");
        CHECK(session.on_login(mail::Users::Verdict::welcome).reply->code == 235);
        CHECK(said(session, "MAIL FROM:<a@b.example>") == "250 2.1.0");
    }

    TEST_CASE("a name that was shown outside counts for nothing inside TLS (RFC 3207 4.2)")
    {
        SessionOptions options = with_tls();
        options.security.offers_auth = true;
        Session session(options);
        said(session, "EHLO a");
        session.on_line("AUTH PLAIN AGFubgBzZWNyZXQ=");
        session.take_credentials();
        session.on_login(mail::Users::Verdict::welcome);
        CHECK_FALSE(announces(session, "AUTH"));
        session.on_tls(false);
        CHECK(announces(session, "AUTH PLAIN LOGIN"));
    }

    TEST_CASE("a refused login is a 4xx, the third one the last; a busy one is not counted")
    {
        SessionOptions options = with_tls();
        options.security.offers_auth = true;
        Session session(options);
        said(session, "EHLO a");
        const auto log_in = [&](mail::Users::Verdict verdict) {
            session.on_line("AUTH PLAIN AGFubgBzZWNyZXQ=");
            session.take_credentials();
            return session.on_login(verdict);
        };
        for (int i = 0; i < 5; ++i) CHECK(log_in(mail::Users::Verdict::busy).reply->code == 454);
        for (int i = 0; i < 2; ++i) {
            const Action action = log_in(mail::Users::Verdict::denied);
            CHECK(action.reply->code == 454);
            CHECK(action.kind == Action::Kind::read_line);
        }
        const Action last = log_in(mail::Users::Verdict::denied);
        CHECK(last.reply->code == 454);
        CHECK(last.last_word->code == 421);
        CHECK(last.kind == Action::Kind::close);
    }

    TEST_CASE("a login comes out the same at every split of the input")
    {
        const std::string dialogue =
            "EHLO a\r\nAUTH LOGIN\r\nYW5u\r\nc2VjcmV0\r\nMAIL FROM:<a@b.example>\r\n"
            "RCPT TO:<c@d.example>\r\nDATA\r\nhi\r\n.\r\n";
        SessionOptions options = with_tls();
        options.security.offers_auth = true;
        for (std::size_t step = 1; step <= dialogue.size(); ++step) {
            CAPTURE(step);
            DrivenConversation driven(options);
            for (std::size_t at = 0; at < dialogue.size(); at += step)
                driven.send(dialogue.substr(at, step));
            CHECK(driven.output.find("334 VXNlcm5hbWU6\r\n334 UGFzc3dvcmQ6\r\n235 2.7.0") !=
                  std::string::npos);
            CHECK(driven.mails.size() == 1);
        }
    }

    TEST_CASE("a password does not stay in the input's buffer")
    {
        SessionOptions options = with_tls();
        options.security.offers_auth = true;
        Conversation conversation(options);
        conversation.advance();
        const std::string line = "EHLO a\r\nAUTH PLAIN AGFubgBzZWNyZXQ=\r\n";
        std::copy(line.begin(), line.end(), conversation.input_space().begin());
        conversation.received(line.size());
        REQUIRE(conversation.advance() == Conversation::Need::login);
        const auto buffer = conversation.discard_space();
        const std::string_view bytes(buffer.data(), line.size());
        CHECK(bytes.find("AGFubgBzZWNyZXQ=") == std::string_view::npos);
    }

    TEST_CASE("what AUTH is answered with: rows of RFC 4954 and RFC 4616")
    {
        using Step = AuthExchange::Step;
        struct Row {
            std::string_view argument;
            Step step;
            std::string_view name;
            std::string_view password;
        };
        const Row rows[] = {
            {"PLAIN", Step::challenge, "", ""},
            {"plain AGFubgBzZWNyZXQ=", Step::credentials, "ann", "secret"},
            {"PLAIN   AGFubgBzZWNyZXQ=", Step::credentials, "ann", "secret"},
            {"PLAIN YW5uAGFubgBzZWNyZXQ=", Step::credentials, "ann", "secret"},
            {"PLAIN Ym9iAGFubgBzZWNyZXQ=", Step::malformed, "", ""},  // for somebody else
            {"PLAIN AGFubgA=", Step::credentials, "ann", ""},
            {"PLAIN AGFubgBzZWNyZXQAeA==", Step::malformed, "", ""},  // a third NUL
            {"PLAIN YW5u", Step::malformed, "", ""},
            {"PLAIN =", Step::malformed, "", ""},
            {"PLAIN AGFubgBzZWNyZXQ", Step::malformed, "", ""},  // no padding
            {"PLAIN *", Step::cancelled, "", ""},
            {"LOGIN", Step::challenge, "", ""},
            {"LOGIN YW5u", Step::challenge, "", ""},
            {"LOGIN =", Step::challenge, "", ""},
            {"PLAINX AGFubgBzZWNyZXQ=", Step::no_mechanism, "", ""},
            {"", Step::no_mechanism, "", ""},
        };
        for (const Row& row : rows) {
            CAPTURE(row.argument);
            AuthExchange exchange;
            CHECK(exchange.begin(row.argument) == row.step);
            if (row.step != Step::credentials) continue;
            const mail::Credentials credentials = exchange.take();
            CHECK(credentials.name == row.name);
            CHECK(credentials.password == row.password);
        }
    }
}
