#include "postman/oauth/login_dialogue.h"

#include "common/base64.h"
#include "postman/oauth/broker_protocol.h"
#include "postman/oauth/secret.h"
#include "postman/oauth/token_answer.h"

namespace postman::oauth
{
namespace
{

constexpr int kMostLines = 200;

mail::Error refused(std::string what)
{
    return {mail::ErrorKind::refused, std::move(what)};
}

class Dialogue
{
public:
    Dialogue(LineConnection& connection, const Login& login)
        : connection_(connection), login_(login)
    {
    }

    mail::Result<mail::Done> say(const std::string& line)
    {
        login_.tell("C: " + line);
        return connection_.write_line(line);
    }
    mail::Result<std::string> hear()
    {
        auto line = connection_.read_line();
        if (!line) return line;
        login_.tell("S: " + printable_words(*line));
        return line;
    }
    mail::Result<mail::Done> say_credentials()
    {
        std::string secret = xoauth2(login_.user, login_.token);
        std::string line = mail::base64_encode(secret);
        wipe(secret);
        const WipeAtEnd wiped(line);
        login_.tell("C: (user and token, " + std::to_string(line.size()) + " characters)");
        return connection_.write_line(line);
    }
    /// The error that XOAUTH2 servers send as a challenge, in base64; the client answers with an
    /// empty line, and the refusal follows.
    mail::Result<mail::Done> hear_challenge(std::string_view base64)
    {
        if (const auto words = mail::base64_decode(base64))
            login_.tell("   (" + printable_words(*words) + ")");
        return say("");
    }
    mail::Result<mail::Done> start_tls()
    {
        auto ok = connection_.start_tls();
        if (ok) login_.tell("-- TLS, certificate verified");
        return ok;
    }

    /// SMTP: all lines of a reply; its last, where it begins with `code`.
    mail::Result<std::string> hear_reply(std::string_view code)
    {
        for (int i = 0; i < kMostLines; ++i) {
            auto line = hear();
            if (!line) return line;
            if (line->size() > 3 && (*line)[3] == '-') continue;
            if (!line->starts_with(code)) return refused("the server answered " + shown(*line));
            return line;
        }
        return refused("the server's reply has no end");
    }
    /// IMAP: to the line that is tagged or asks for more.
    mail::Result<std::string> hear_until(std::string_view tag)
    {
        for (int i = 0; i < kMostLines; ++i) {
            auto line = hear();
            if (!line || line->starts_with(tag) || line->starts_with("+")) return line;
        }
        return refused("the server's answer has no end");
    }
    static std::string shown(const std::string& line) { return printable_words(line); }

private:
    LineConnection& connection_;
    const Login& login_;
};

/// Runs one step; the error ends the dialogue.
#define TRY(step) \
    if (auto ok = (step); !ok) return std::move(ok).error()

mail::Result<mail::Done> smtp_begin(Dialogue& dialogue)
{
    TRY(dialogue.hear_reply("220"));
    TRY(dialogue.say("EHLO localhost"));
    TRY(dialogue.hear_reply("250"));
    TRY(dialogue.say("STARTTLS"));
    TRY(dialogue.hear_reply("220"));
    TRY(dialogue.start_tls());
    TRY(dialogue.say("EHLO localhost"));
    TRY(dialogue.hear_reply("250"));
    return mail::Done{};
}

mail::Result<mail::Done> imap_authenticate(Dialogue& dialogue)
{
    TRY(dialogue.say("a1 AUTHENTICATE XOAUTH2"));
    auto line = dialogue.hear_until("a1 ");
    if (!line) return std::move(line).error();
    if (!line->starts_with("+")) return refused("the server answered " + Dialogue::shown(*line));
    TRY(dialogue.say_credentials());
    line = dialogue.hear_until("a1 ");
    if (line && line->starts_with("+")) {
        TRY(dialogue.hear_challenge(line->substr(std::min<std::size_t>(2, line->size()))));
        line = dialogue.hear_until("a1 ");
    }
    if (!line) return std::move(line).error();
    if (!line->starts_with("a1 OK"))
        return refused("the server answered " + Dialogue::shown(*line));
    return mail::Done{};
}

}  // namespace

mail::Result<mail::Done> test_smtp_login(LineConnection& connection, const Login& login)
{
    Dialogue dialogue(connection, login);
    TRY(smtp_begin(dialogue));
    TRY(dialogue.say("AUTH XOAUTH2"));
    TRY(dialogue.hear_reply("334"));
    TRY(dialogue.say_credentials());
    auto line = dialogue.hear();
    if (line && line->starts_with("334")) {
        TRY(dialogue.hear_challenge(line->substr(std::min<std::size_t>(4, line->size()))));
        line = dialogue.hear_reply("235");
    }
    if (!line) return std::move(line).error();
    if (!line->starts_with("235")) return refused("the server answered " + Dialogue::shown(*line));
    TRY(dialogue.say("QUIT"));
    return mail::Done{};
}

mail::Result<mail::Done> test_imap_login(LineConnection& connection, const Login& login)
{
    Dialogue dialogue(connection, login);
    const auto greeting = dialogue.hear();
    if (!greeting) return greeting.error();
    if (!greeting->starts_with("* OK")) return refused("no IMAP server greets there");
    TRY(imap_authenticate(dialogue));
    TRY(dialogue.say("a2 SELECT INBOX"));
    const auto selected = dialogue.hear_until("a2 ");
    if (!selected) return selected.error();
    if (!selected->starts_with("a2 OK"))
        return refused("the server answered " + Dialogue::shown(*selected));
    TRY(dialogue.say("a3 LOGOUT"));
    return mail::Done{};
}

#undef TRY

}  // namespace postman::oauth
