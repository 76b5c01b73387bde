#include "postoffice/session.h"

#include <algorithm>
#include <ostream>

#include "postoffice/mail_loop.h"

namespace postoffice
{
namespace
{

using States = unsigned;

template <class... Each>
constexpr States in(Each... states)
{
    return ((1U << static_cast<unsigned>(states)) | ...);
}

constexpr States kAnyState = ~0U;

Action say(Reply reply)
{
    return {Action::Kind::read_line, std::move(reply), {}};
}

bool has_only_printable(std::string_view text)
{
    return std::none_of(text.begin(), text.end(),
                        [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

}  // namespace

struct Session::Rule {
    Verb verb;
    States allowed;
    Handler handle;
};

// RFC 5321 section 4.1.4: one row per verb, where it is allowed, who handles it. Otherwise 503.
// clang-format off
const Session::Rule Session::kRules[] = {
    {Verb::helo,     kAnyState,                    &Session::hello},
    {Verb::ehlo,     kAnyState,                    &Session::extended_hello},
    {Verb::mail,     in(State::greeted, State::put_off), &Session::mail},
    {Verb::rcpt,     in(State::mail, State::rcpt), &Session::rcpt},
    {Verb::rcpt,     in(State::put_off),           &Session::put_off},
    {Verb::data,     in(State::rcpt),              &Session::data},
    {Verb::data,     in(State::put_off),           &Session::put_off},
    {Verb::rset,     kAnyState,                    &Session::reset},
    {Verb::noop,     kAnyState,                    &Session::noop},
    {Verb::quit,     kAnyState,                    &Session::quit},
    {Verb::vrfy,     kAnyState,                    &Session::verify},
    {Verb::help,     kAnyState,                    &Session::help},
    {Verb::expn,     kAnyState,                    &Session::not_implemented},
    {Verb::bdat,     kAnyState,                    &Session::not_implemented},
    {Verb::starttls, kAnyState,                    &Session::start_tls},
    {Verb::auth,     kAnyState,                    &Session::authenticate},
};
// clang-format on

std::ostream& operator<<(std::ostream& out, State state)
{
    static constexpr const char* kNames[] = {"connected", "greeted", "mail", "rcpt", "put_off"};
    return out << kNames[static_cast<int>(state)];
}

Action Session::greet() const
{
    return say({220, "", options_.hostname + " ESMTP"});
}

Action Session::on_line(std::string_view line, bool is_last)
{
    is_last_ = is_last;
    if (auth_) return answer(Verb::auth, continue_auth(auth_->on_line(line)));
    const Command command = parse_command(line);
    if (command.verb == Verb::unknown)
        return answer(command.verb,
                      say(line.empty() ? replies::bad_syntax() : replies::unknown_verb()));
    for (const Rule& rule : kRules)
        if (rule.verb == command.verb && (rule.allowed & in(state_)) != 0)
            return answer(command.verb, (this->*rule.handle)(command.argument));
    return answer(command.verb, out_of_order(command.verb));
}

Action Session::on_bad_line(LineReader::Kind kind)
{
    if (auth_) return answer(Verb::auth, continue_auth(AuthExchange::Step::malformed));
    return answer(Verb::unknown,
                  say(kind == LineReader::Kind::too_long ? replies::line_too_long()
                                                         : replies::bare_line_feed()));
}

Action Session::on_content(ContentEnd end, std::string_view head)
{
    Action action{Action::Kind::commit, {}, {}};
    switch (end) {
        case ContentEnd::complete:
            if (!went_in_circles(head, options_.max_received)) return action;
            action = say({554, "5.4.6", "Too many Received lines, the mail goes in circles"});
            break;
        case ContentEnd::oversize:
            action = say(replies::too_big());
            break;
        case ContentEnd::no_memory:
            action = say(replies::no_room());
            break;
        case ContentEnd::endless:
            action = {Action::Kind::close, replies::too_much_data(), {}};
            break;
    }
    forget_transaction();
    return answer(Verb::data, std::move(action));
}

Action Session::on_stored(const mail::Result<mail::SpoolId>& stored)
{
    forget_transaction();
    // nullmailer logs this line, so the backend's operator has the id.
    if (stored) return say({250, "2.0.0", "Ok: queued as " + stored->hex()});
    return answer(Verb::data, say(reply_for(stored.error())));
}

Action Session::hello(std::string_view argument)
{
    if (argument.empty() || !has_only_printable(argument))
        return say(replies::bad_argument("Syntax: HELO hostname"));
    forget_transaction();
    state_ = State::greeted;
    return say({250, "", options_.hostname});
}

Action Session::extended_hello(std::string_view argument)
{
    if (argument.empty() || !has_only_printable(argument))
        return say(replies::bad_argument("Syntax: EHLO hostname"));
    forget_transaction();
    state_ = State::greeted;
    std::string text = options_.hostname + "\nPIPELINING\n8BITMIME\nSMTPUTF8\nSIZE " +
                       std::to_string(options_.max_content_bytes) + "\nENHANCEDSTATUSCODES";
    if (options_.security.offers_tls && !in_tls_) text += "\nSTARTTLS";
    if (may_authenticate()) text += "\nAUTH PLAIN LOGIN";
    return say({250, "", std::move(text)});
}

Action Session::mail(std::string_view argument)
{
    auto parsed = parse_mail(argument);
    if (auto* reply = std::get_if<Reply>(&parsed)) return say(std::move(*reply));
    MailArgument& mail = std::get<MailArgument>(parsed);
    if (mail.declared_size.value_or(0) > options_.max_content_bytes) return say(replies::too_big());
    const Security& security = options_.security;
    if (security.requires_tls && !security.is_local && !in_tls_)
        return put_off_with(replies::wants_tls());
    if (security.requires_identity && !security.is_local && !is_identified_)
        return put_off_with(replies::wants_identity());
    if (!options_.has_room()) return put_off_with(replies::no_room());
    forget_transaction();
    envelope_.reverse_path = std::move(mail.reverse_path);
    envelope_.smtputf8 = mail.smtputf8;
    declared_size_ = mail.declared_size.value_or(0);
    state_ = State::mail;
    return say({250, "2.1.0", "Ok"});
}

Action Session::rcpt(std::string_view argument)
{
    auto parsed = parse_rcpt(argument, envelope_.smtputf8);
    if (auto* reply = std::get_if<Reply>(&parsed)) return say(std::move(*reply));
    std::string& recipient = std::get<std::string>(parsed);
    if (envelope_.recipients.size() >= options_.max_recipients ||
        recipient_bytes_ + recipient.size() > options_.max_recipient_bytes)
        return say({452, "4.5.3", "Too many recipients, send the others in another mail"});
    recipient_bytes_ += recipient.size();
    envelope_.recipients.push_back(std::move(recipient));
    state_ = State::rcpt;
    return say({250, "2.1.5", "Ok"});
}

Action Session::data(std::string_view argument)
{
    if (!argument.empty()) return say(replies::bad_argument("Syntax: DATA"));
    return {Action::Kind::read_content, Reply{354, "", "End data with <CR><LF>.<CR><LF>"}, {}};
}

Action Session::put_off(std::string_view)
{
    return say(put_off_reply_);
}

Action Session::put_off_with(Reply reply)
{
    state_ = State::put_off;
    put_off_reply_ = reply;
    return say(std::move(reply));
}

Action Session::reset(std::string_view argument)
{
    if (!argument.empty()) return say(replies::bad_argument("Syntax: RSET"));
    forget_transaction();
    return say(replies::ok());
}

Action Session::noop(std::string_view)
{
    return say(replies::ok());
}

Action Session::quit(std::string_view)
{
    return {Action::Kind::close, Reply{221, "2.0.0", "Bye"}, {}};
}

Action Session::verify(std::string_view argument)
{
    if (argument.empty()) return say(replies::bad_argument("Syntax: VRFY address"));
    return say({252, "2.0.0", "Send the mail and see"});
}

Action Session::help(std::string_view)
{
    return say({214, "2.0.0", "HELO EHLO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT"});
}

// Where there is none it is a 4xx all the same: on a 5xx here nullmailer gives the mail up.
//
// What has come behind it came unprotected, and somebody on the way may have put it there: it must
// not be taken for the client's words inside TLS (CVE-2011-0411).
Action Session::start_tls(std::string_view argument)
{
    if (!options_.security.offers_tls) return say(replies::not_available());
    if (in_tls_) return say(replies::bad_sequence("TLS has begun already"));
    if (!argument.empty()) return say(replies::bad_argument("Syntax: STARTTLS"));
    if (!is_last_) return say(replies::bad_sequence("Wait for the answer to STARTTLS"));
    return {Action::Kind::start_tls, Reply{220, "2.0.0", "Ready to start TLS"}, {}};
}

void Session::on_tls(bool is_identified)
{
    forget_transaction();
    state_ = State::connected;
    in_tls_ = true;
    is_identified_ = is_identified;
}

// RFC 4954 4 also where the state is concerned: once, and not while a mail is open.
Action Session::authenticate(std::string_view argument)
{
    const Security& security = options_.security;
    if (!security.offers_auth) return say(replies::not_available());
    if (!in_tls_ && !security.is_local) return say({454, "4.7.0", "Say STARTTLS first"});
    if (is_identified_) return say(replies::bad_sequence("Known already"));
    if (state_ == State::connected) return out_of_order(Verb::auth);
    if (state_ == State::mail || state_ == State::rcpt)
        return say(replies::bad_sequence("Not while a mail is open"));
    if (argument.empty()) return say(replies::bad_argument("Syntax: AUTH mechanism"));
    forget_transaction();
    return continue_auth(auth_.emplace().begin(argument));
}

Action Session::continue_auth(AuthExchange::Step step)
{
    switch (step) {
        case AuthExchange::Step::challenge:
            return say({334, "", std::string(auth_->challenge())});
        case AuthExchange::Step::credentials:
            return {Action::Kind::authenticate, {}, {}};
        case AuthExchange::Step::cancelled:
            auth_.reset();
            return say({501, "5.7.0", "Given up"});
        case AuthExchange::Step::malformed:
            auth_.reset();
            return say({501, "5.5.2", "Not what AUTH wants here"});
        case AuthExchange::Step::no_mechanism:
            auth_.reset();
            return say({504, "5.5.4", "PLAIN or LOGIN"});
    }
    return say(replies::try_later());
}

mail::Credentials Session::take_credentials()
{
    mail::Credentials credentials = auth_->take();
    auth_.reset();
    return credentials;
}

// A wrong password is a 454, where RFC 4954 6 has 535: on a 5xx to AUTH LOGIN's password nullmailer
// bounces the mail, and a password can be mended.
Action Session::on_login(mail::Users::Verdict verdict)
{
    auth_.reset();
    if (verdict == mail::Users::Verdict::welcome) {
        is_identified_ = true;
        return say({235, "2.7.0", "Welcome"});
    }
    if (verdict == mail::Users::Verdict::busy)
        return answer(Verb::auth, say({454, "4.7.0", "Too many logins now, try again later"}));
    Action action = say({454, "4.7.0", "Wrong name or password"});
    if (++refused_logins_ >= options_.max_logins) {
        action.kind = Action::Kind::close;
        action.last_word = replies::too_many_logins();
    }
    return answer(Verb::auth, std::move(action));
}

Action Session::not_implemented(std::string_view)
{
    return say({502, "5.5.1", "Command not implemented"});
}

Action Session::out_of_order(Verb verb) const
{
    if (state_ == State::connected) return say(replies::bad_sequence("Say HELO or EHLO first"));
    if (verb == Verb::mail) return say(replies::bad_sequence("A mail is open already"));
    if (verb == Verb::data && state_ == State::mail)
        return say(replies::bad_sequence("No recipient yet"));
    return say(replies::bad_sequence("Say MAIL first"));
}

bool Session::may_authenticate() const
{
    const Security& security = options_.security;
    return security.offers_auth && (in_tls_ || security.is_local) && !is_identified_;
}

void Session::forget_transaction()
{
    envelope_ = {};
    recipient_bytes_ = 0;
    declared_size_ = 0;
    if (state_ != State::connected) state_ = State::greeted;
}

bool Session::is_of_mail(Verb verb, const Reply& reply) const
{
    constexpr int kOutOfOrder = 503;
    if (state_ != State::connected && state_ != State::greeted) return true;
    const bool is_step = verb == Verb::mail || verb == Verb::rcpt || verb == Verb::data;
    return is_step && reply.code != kOutOfOrder;
}

// The last look at every reply but a 250 for a mail: refusals are told, errors counted.
Action Session::answer(Verb verb, Action action)
{
    if (!action.reply || !action.reply->is_refusal()) return action;
    options_.on_refusal(verb, *action.reply, is_of_mail(verb, *action.reply));
    if (action.reply->is_permanent() && ++errors_ >= options_.max_errors) {
        action.kind = Action::Kind::close;
        action.last_word = replies::too_many_errors();
    }
    return action;
}

}  // namespace postoffice
