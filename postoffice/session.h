/// The SMTP state machine of one connection (RFC 5321 section 3). Takes lines and what became of
/// the content, returns what to do next. It has no clock, no socket and no thread.
///
/// Extensions: PIPELINING, 8BITMIME, SMTPUTF8, SIZE, ENHANCEDSTATUSCODES; and as the options have
/// it STARTTLS, AUTH. HELO alone is enough.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "common/envelope.h"
#include "common/result.h"
#include "common/spool/spool_id.h"
#include "postoffice/auth_exchange.h"
#include "postoffice/command.h"
#include "postoffice/data_reader.h"
#include "postoffice/line_reader.h"
#include "postoffice/mail_loop.h"
#include "postoffice/reply.h"

namespace postoffice
{

/// What a connection may and must do about secrecy.
struct Security {
    bool is_local = true;      // the client is on this host: nobody can listen on the way
    bool offers_tls = false;   // STARTTLS (RFC 3207)
    bool offers_auth = false;  // AUTH (RFC 4954): inside TLS, or where nobody can listen
    // Before MAIL, of clients that are not local:
    bool requires_tls = false;
    bool requires_identity = false;  // AUTH, or a client's certificate
};

struct SessionOptions {
    std::string hostname = "localhost";          // all that the greeting and EHLO say of us
    std::size_t max_content_bytes = 33'554'432;  // SIZE (RFC 1870)
    std::size_t max_recipients = 1000;           // RFC 5321 4.5.3.1.8 wants at least 100
    std::size_t max_recipient_bytes = 256 * 1024;
    int max_errors = 20;  // replies of 5xx; then 421
    int max_logins = 3;   // wrong passwords; then 421
    int max_received =
        kMaxReceived;  // Received lines of a mail that goes in circles (RFC 5321 6.3)
    Security security;
    std::function<bool()> has_room = [] { return true; };  // asked at MAIL; must not block for long
    /// Hears of every 4xx and 5xx, for the log.
    /// is_of_mail  a mail is refused, or something while one is open; else only talk
    std::function<void(Verb, const Reply&, bool is_of_mail)> on_refusal = [](Verb, const Reply&,
                                                                             bool) {};
};

enum class State {
    connected,  // greeted by us, not yet by the client
    greeted,
    mail,     // MAIL was taken
    rcpt,     // and at least one RCPT
    put_off,  // MAIL was refused for now: RCPT and DATA hear the same 4xx, never a 5xx
};
std::ostream& operator<<(std::ostream& out, State state);

/// What to do now. The reply, where there is one, is to be sent first.
struct Action {
    enum class Kind {
        read_line,
        read_content,  // 354 was said
        commit,        // store envelope() and the content, then on_stored(); no reply yet
        authenticate,  // check take_credentials(), then on_login(); no reply yet
        start_tls,     // 220 was said: the handshake, then on_tls()
        close,
    };
    Kind kind = Kind::read_line;
    std::optional<Reply> reply;
    std::optional<Reply> last_word;  // a 421 behind the reply; with Kind::close
};

class Session
{
public:
    /// options  must outlive the session
    explicit Session(const SessionOptions& options) : options_(options) {}

    Action greet() const;
    /// line     without its CR LF
    /// is_last  nothing has come behind it yet
    Action on_line(std::string_view line, bool is_last = true);
    /// A line that is none: LineReader::Kind::bare_line_feed or too_long.
    Action on_bad_line(LineReader::Kind kind);
    /// head  the content's first bytes, with its header
    Action on_content(ContentEnd end, std::string_view head);
    Action on_stored(const mail::Result<mail::SpoolId>& stored);

    /// TLS has begun; all that was said before is forgotten (RFC 3207 4.2).
    /// is_identified  by a certificate of the client
    void on_tls(bool is_identified);

    Action on_login(mail::Users::Verdict verdict);

    /// The next line is no command but an answer to AUTH, or was one.
    bool is_in_auth() const { return auth_.has_value(); }
    /// For Kind::authenticate, moved out.
    mail::Credentials take_credentials();
    State state() const { return state_; }
    /// What MAIL said with SIZE=; 0 where it said nothing. A word of the client's, not a fact.
    std::size_t declared_size() const { return declared_size_; }
    /// The transaction's envelope, moved out. For Kind::commit.
    mail::Envelope take_envelope() { return std::move(envelope_); }

private:
    using Handler = Action (Session::*)(std::string_view argument);
    struct Rule;
    static const Rule kRules[];

    Action hello(std::string_view argument);
    Action extended_hello(std::string_view argument);
    Action mail(std::string_view argument);
    Action rcpt(std::string_view argument);
    Action data(std::string_view argument);
    Action put_off(std::string_view argument);
    Action put_off_with(Reply reply);
    Action reset(std::string_view argument);
    Action noop(std::string_view argument);
    Action quit(std::string_view argument);
    Action verify(std::string_view argument);
    Action help(std::string_view argument);
    Action start_tls(std::string_view argument);
    Action authenticate(std::string_view argument);
    Action continue_auth(AuthExchange::Step step);
    Action not_implemented(std::string_view argument);
    Action out_of_order(Verb verb) const;

    [[nodiscard]] bool may_authenticate() const;
    void forget_transaction();
    bool is_of_mail(Verb verb, const Reply& reply) const;
    Action answer(Verb verb, Action action);

    const SessionOptions& options_;
    State state_ = State::connected;
    mail::Envelope envelope_;
    std::size_t recipient_bytes_ = 0;
    std::size_t declared_size_ = 0;
    int errors_ = 0;
    Reply put_off_reply_;  // in State::put_off
    bool is_last_ = true;  // of the line that is at work
    bool in_tls_ = false;
    bool is_identified_ = false;
    std::optional<AuthExchange> auth_;
    int refused_logins_ = 0;
};

}  // namespace postoffice
