/// From the greeting to the first MAIL: hello, STARTTLS (RFC 3207), hello again, AUTH (RFC 4954). A
/// machine: replies in, commands out; no socket, no clock, no secret before it is due.
///
/// Without TLS where it is demanded, nothing is said but EHLO, STARTTLS and QUIT: not the user, not
/// the envelope. What a server said before TLS is forgotten with it.
#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "postman/smtp/capabilities.h"
#include "postman/smtp/reply.h"
#include "postman/smtp/sasl.h"
#include "postman/smtp/smarthost.h"
#include "postman/smtp/unspoken.h"

namespace postman::smtp
{

/// Why a server is of no use to us now.
struct Trouble {
    enum class Kind {
        temporary,  // another time
        broken,     // somebody has to mend something; `reason` says what
    };
    Kind kind = Kind::temporary;
    std::string reason;
    bool is_token_refused = false;  // another token may do
};

class SignOn
{
public:
    enum class Need {
        reply,   // send take_output(), then on_reply()
        tls,     // do the handshake, then on_tls()
        secret,  // of mechanism(); then on_secret()
        done,    // capabilities() says what the server can
        failed,  // trouble() says why
    };

    /// smarthost  must outlive the machine
    explicit SignOn(const Smarthost& smarthost);
    SignOn(SignOn&&) noexcept = default;
    ~SignOn();

    Need need() const { return need_; }
    /// What is to be sent now; may be empty. May hold a secret.
    [[nodiscard]] std::string take_output();
    void on_reply(const Reply& reply);
    void on_tls();
    void on_secret(const std::string& secret);

    Mechanism mechanism() const { return mechanism_; }
    const Capabilities& capabilities() const { return capabilities_; }
    const Trouble& trouble() const { return trouble_; }
    /// The secrets that were said: the server may say them back as long as we listen.
    [[nodiscard]] Unspoken take_unspoken() { return std::move(unspoken_); }

private:
    enum class Step { greeting, hello, plain_hello, starttls, auth };

    void say(Step step, std::string line);
    void say_secret(std::string_view command, const std::string& octets);
    void say_hello();
    void on_hello(const Reply& reply);
    void on_no_hello(const Reply& reply);
    void on_auth(const Reply& reply);
    void go_on();
    void choose_mechanism();
    void respond(std::string_view challenge);
    void fail(Trouble::Kind kind, std::string reason);
    void fail_auth(const Reply& reply);
    bool has_means_for(Mechanism mechanism) const;

    const Smarthost& smarthost_;
    const bool demands_tls_;
    Need need_ = Need::reply;
    Step step_ = Step::greeting;
    bool is_encrypted_;
    std::string output_;
    Capabilities capabilities_;
    Mechanism mechanism_ = Mechanism::plain;
    std::unique_ptr<SaslClient> sasl_;
    std::string waiting_response_;  // too long to go with AUTH itself
    Unspoken unspoken_;             // no reason shows them, should the server say one
    Trouble trouble_;
};
std::ostream& operator<<(std::ostream& out, SignOn::Need need);

}  // namespace postman::smtp
