#include "postman/smtp/sign_on.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "common/base64.h"
#include "postman/oauth/secret.h"

namespace postman::smtp
{
namespace
{

/// A line of RFC 5321 with its CR LF; a longer first response waits to be asked for (RFC 4954 4).
constexpr std::size_t kMaxCommandBytes = 510;

constexpr Mechanism kByPreference[] = {
    Mechanism::external, Mechanism::oauthbearer, Mechanism::xoauth2,   Mechanism::plain,
    Mechanism::login,    Mechanism::cram_md5,    Mechanism::digest_md5};

std::string listed(const std::vector<std::string>& names)
{
    std::string list;
    for (const std::string& name : names) list.append(list.empty() ? "" : " ").append(name);
    if (list.size() > 200) list = list.substr(0, 200) + "…";
    return list.empty() ? "none" : list;
}

bool holds(const std::vector<std::string>& names, std::string_view name)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// The challenge matters to these; the others are asked in words of the server's own choice, and
/// some servers do not even put those into base64.
bool answers_challenge(Mechanism mechanism)
{
    return mechanism == Mechanism::cram_md5 || mechanism == Mechanism::digest_md5;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, SignOn::Need need)
{
    static constexpr const char* kNames[] = {"reply", "tls", "secret", "done", "failed"};
    return out << kNames[static_cast<int>(need)];
}

SignOn::SignOn(const Smarthost& smarthost)
    : smarthost_(smarthost),
      demands_tls_(demands_tls(smarthost)),
      is_encrypted_(smarthost.scheme == Smarthost::Scheme::smtps)
{
}

SignOn::~SignOn()
{
    oauth::wipe(output_);
    oauth::wipe(waiting_response_);
}

std::string SignOn::take_output()
{
    return std::exchange(output_, {});
}

void SignOn::say(Step step, std::string line)
{
    step_ = step;
    need_ = Need::reply;
    output_ = std::move(line);
    output_ += "\r\n";
}

void SignOn::fail(Trouble::Kind kind, std::string reason)
{
    unspoken_.mask(reason);
    need_ = Need::failed;
    trouble_ = {kind, std::move(reason)};
}

void SignOn::say_hello()
{
    capabilities_ = {};
    const bool is_lmtp = smarthost_.scheme == Smarthost::Scheme::lmtp;
    say(Step::hello, (is_lmtp ? "LHLO " : "EHLO ") + smarthost_.helo);
}

void SignOn::on_reply(const Reply& reply)
{
    if (need_ != Need::reply) return;
    switch (step_) {
        case Step::greeting:
            if (reply.code == 220) return say_hello();
            return fail(Trouble::Kind::temporary, "greets with " + reply.text());
        case Step::hello:
            return on_hello(reply);
        case Step::plain_hello:
            if (reply.code == 250) return go_on();
            return fail(Trouble::Kind::temporary, "answers HELO with " + reply.text());
        case Step::starttls:
            if (reply.code == 220) {
                need_ = Need::tls;
                return;
            }
            return fail(reply.is_permanent() ? Trouble::Kind::broken : Trouble::Kind::temporary,
                        "does not start TLS: " + reply.text() + "; nothing was sent in clear");
        case Step::auth:
            return on_auth(reply);
    }
}

void SignOn::on_hello(const Reply& reply)
{
    if (reply.code == 250) {
        capabilities_ = parse_capabilities(reply);
        return go_on();
    }
    if (reply.is_permanent()) return on_no_hello(reply);
    fail(Trouble::Kind::temporary, "answers EHLO with " + reply.text());
}

/// RFC 5321 3.2: a server that knows no EHLO may know HELO; then there is neither TLS nor AUTH.
void SignOn::on_no_hello(const Reply& reply)
{
    const bool is_plain_enough =
        !demands_tls_ && !wants_sign_in(smarthost_) && smarthost_.scheme == Smarthost::Scheme::smtp;
    if (is_plain_enough) return say(Step::plain_hello, "HELO " + smarthost_.helo);
    fail(Trouble::Kind::temporary, "answers EHLO with " + reply.text());
}

void SignOn::go_on()
{
    if (demands_tls_ && !is_encrypted_) {
        if (capabilities_.starttls) return say(Step::starttls, "STARTTLS");
        return fail(Trouble::Kind::broken,
                    "offers no STARTTLS, so nothing was sent: use smtps:// if it has TLS from the "
                    "first byte (port 465); without TLS, mail goes to a server on loopback only");
    }
    if (!wants_sign_in(smarthost_)) {
        need_ = Need::done;
        return;
    }
    choose_mechanism();
}

void SignOn::on_tls()
{
    if (need_ != Need::tls) return;
    is_encrypted_ = true;
    say_hello();
}

bool SignOn::has_means_for(Mechanism mechanism) const
{
    if (wants_token(mechanism)) return smarthost_.token != nullptr;
    if (wants_password(mechanism)) return static_cast<bool>(smarthost_.password);
    return is_encrypted_ && !smarthost_.tls.cert.empty();
}

void SignOn::choose_mechanism()
{
    const auto& named = smarthost_.mechanisms;
    for (const Mechanism mechanism : kByPreference) {
        if (!named.empty() && std::find(named.begin(), named.end(), mechanism) == named.end())
            continue;
        if (!has_means_for(mechanism) || !holds(capabilities_.sign_in, name_of(mechanism)))
            continue;
        mechanism_ = mechanism;
        need_ = Need::secret;
        if (mechanism == Mechanism::external) on_secret({});
        return;
    }
    fail(Trouble::Kind::broken, "offers no way to sign in that we have the means for; it offers: " +
                                    listed(capabilities_.sign_in) +
                                    " (see --smtp-auth, --deliver-password-file)");
}

void SignOn::on_secret(const std::string& secret)
{
    if (need_ != Need::secret) return;
    unspoken_.add(secret);
    const bool is_lmtp = smarthost_.scheme == Smarthost::Scheme::lmtp;
    Identity identity{.user = smarthost_.user,
                      .secret = secret,
                      .service = is_lmtp ? "lmtp" : "smtp",
                      .host = smarthost_.host,
                      .port = port_of(smarthost_)};
    const oauth::WipeAtEnd wiped_identity(identity.secret);
    auto sasl = SaslClient::begin(mechanism_, identity);
    if (!sasl) return fail(Trouble::Kind::broken, "no sign-in: " + sasl.error().step);
    sasl_ = std::move(*sasl);
    const std::string command = "AUTH " + std::string(name_of(mechanism_));
    if (!client_speaks_first(mechanism_)) return say(Step::auth, command);
    auto first = sasl_->respond({});
    if (!first) return fail(Trouble::Kind::broken, "no sign-in: " + first.error().step);
    const oauth::WipeAtEnd wiped(*first);
    if (first->empty()) return say(Step::auth, command + " =");
    if (command.size() + 1 + mail::base64_size(first->size()) <= kMaxCommandBytes)
        return say_secret(command + " ", *first);
    waiting_response_ = *first;
    say(Step::auth, command);
}

/// No copy of it stays behind where the line grows.
void SignOn::say_secret(std::string_view command, const std::string& octets)
{
    unspoken_.add(octets);
    std::string encoded = mail::base64_encode(octets);
    const oauth::WipeAtEnd wiped(encoded);
    std::string line;
    line.reserve(command.size() + encoded.size() + 2);
    line.append(command).append(encoded);
    say(Step::auth, std::move(line));
}

void SignOn::on_auth(const Reply& reply)
{
    if (reply.code == 334) return respond(reply.lines.front());
    if (reply.code != 235) return fail_auth(reply);
    if (!waiting_response_.empty() || !sasl_->is_complete())
        return fail(Trouble::Kind::temporary,
                    "grants the sign-in before it was proved: " + reply.text());
    sasl_.reset();
    need_ = Need::done;
}

void SignOn::respond(std::string_view challenge)
{
    if (!waiting_response_.empty()) {
        say_secret("", waiting_response_);
        return oauth::wipe(waiting_response_);
    }
    auto octets = mail::base64_decode(challenge);
    if (!octets && answers_challenge(mechanism_))
        return fail(Trouble::Kind::temporary, "asks for the sign-in in no base64");
    auto response = sasl_->respond(octets ? *octets : "");
    if (!response)
        return fail(Trouble::Kind::temporary, "cannot be signed in to: " + response.error().step);
    const oauth::WipeAtEnd wiped(*response);
    say_secret("", *response);
}

void SignOn::fail_auth(const Reply& reply)
{
    const std::string by = " by " + std::string(name_of(mechanism_)) + ": ";
    if (!reply.is_permanent())
        return fail(Trouble::Kind::temporary, "cannot take the sign-in now" + by + reply.text());
    if (wants_token(mechanism_)) {
        fail(Trouble::Kind::broken, "does not take the token of " + smarthost_.user + by +
                                        reply.text() + "; see `postman auth`");
        trouble_.is_token_refused = true;
        return;
    }
    const char* const mend = mechanism_ == Mechanism::external
                                 ? "; mend --smtp-cert or its account"
                                 : "; mend the password or the account";
    fail(Trouble::Kind::broken,
         "does not take the sign-in of " + smarthost_.user + by + reply.text() + mend);
}

}  // namespace postman::smtp
