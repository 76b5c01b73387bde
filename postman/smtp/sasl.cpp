#include "postman/smtp/sasl.h"

#include <gsasl.h>
#include <string.h>

#include "postman/oauth/secret.h"

namespace postman::smtp
{
namespace
{

mail::Error refused(std::string step)
{
    return {mail::ErrorKind::refused, std::move(step)};
}

bool holds(std::string_view text, char c)
{
    return text.find(c) != std::string_view::npos;
}

class GnuSasl final : public SaslClient
{
public:
    ~GnuSasl() override
    {
        if (session_ != nullptr) gsasl_finish(session_);
        if (library_ != nullptr) gsasl_done(library_);
    }

    mail::Result<mail::Done> start(Mechanism mechanism, const Identity& identity)
    {
        const std::string name(name_of(mechanism));
        int code = gsasl_init(&library_);
        if (code == GSASL_OK) code = gsasl_client_start(library_, name.c_str(), &session_);
        if (code != GSASL_OK) return refused(name + ": " + gsasl_strerror(code));
        const auto set = [this, &code](Gsasl_property property, const std::string& value) {
            if (code == GSASL_OK) code = gsasl_property_set(session_, property, value.c_str());
        };
        if (mechanism == Mechanism::external) {
            set(GSASL_AUTHZID, identity.user);
        } else {
            set(GSASL_AUTHID, identity.user);
            set(GSASL_PASSWORD, identity.secret);
            set(GSASL_SERVICE, identity.service);
            set(GSASL_HOSTNAME, identity.host);
        }
        if (code != GSASL_OK) return refused(name + ": " + gsasl_strerror(code));
        return mail::Done{};
    }

    mail::Result<std::string> respond(std::string_view challenge) override
    {
        char* output = nullptr;
        std::size_t bytes = 0;
        const int code = gsasl_step(session_, challenge.data(), challenge.size(), &output, &bytes);
        if (code != GSASL_OK && code != GSASL_NEEDS_MORE)
            return refused(std::string(gsasl_mechanism_name(session_)) + ": " +
                           gsasl_strerror(code));
        is_complete_ = code == GSASL_OK;
        std::string response(output, bytes);
        if (output != nullptr) ::explicit_bzero(output, bytes);
        gsasl_free(output);
        return response;
    }

    bool is_complete() const override { return is_complete_; }

private:
    Gsasl* library_ = nullptr;
    Gsasl_session* session_ = nullptr;
    bool is_complete_ = false;
};

/// XOAUTH2 and OAUTHBEARER: one message with the token. To a refusal, which comes as a challenge
/// with its reason, the answer is an empty one: then the server says no (RFC 7628 3.2.3).
class TokenSasl final : public SaslClient
{
public:
    TokenSasl(std::string message, std::string after_refusal)
        : message_(std::move(message)), after_refusal_(std::move(after_refusal))
    {
    }
    ~TokenSasl() override { oauth::wipe(message_); }

    mail::Result<std::string> respond(std::string_view) override
    {
        if (!std::exchange(is_said_, true)) return message_;
        if (std::exchange(is_refused_, true)) return refused("it asks on and on about the token");
        return after_refusal_;
    }

    bool is_complete() const override { return is_said_ && !is_refused_; }

private:
    std::string message_;
    const std::string after_refusal_;
    bool is_said_ = false;
    bool is_refused_ = false;
};

std::unique_ptr<SaslClient> xoauth2(const Identity& identity)
{
    return std::make_unique<TokenSasl>("user=" + identity.user +
                                           "\x01"
                                           "auth=Bearer " +
                                           identity.secret + "\x01\x01",
                                       "");
}

/// The user as RFC 5801's authzid: `,` and `=` in another form.
std::string saslname(std::string_view user)
{
    std::string name;
    for (const char c : user) {
        if (c == ',')
            name += "=2C";
        else if (c == '=')
            name += "=3D";
        else
            name += c;
    }
    return name;
}

std::unique_ptr<SaslClient> oauthbearer(const Identity& identity)
{
    return std::make_unique<TokenSasl>("n,a=" + saslname(identity.user) +
                                           ",\x01host=" + identity.host +
                                           "\x01port=" + std::to_string(identity.port) +
                                           "\x01"
                                           "auth=Bearer " +
                                           identity.secret + "\x01\x01",
                                       "\x01");
}

}  // namespace

mail::Result<std::unique_ptr<SaslClient>> SaslClient::begin(Mechanism mechanism,
                                                            const Identity& identity)
{
    if (holds(identity.user, '\0') || holds(identity.secret, '\0'))
        return refused("a user or secret with NUL in it");
    if (wants_token(mechanism) && (holds(identity.user, '\x01') || holds(identity.secret, '\x01')))
        return refused("a user or token with a control character in it");
    if (mechanism == Mechanism::xoauth2) return xoauth2(identity);
    if (mechanism == Mechanism::oauthbearer) return oauthbearer(identity);
    auto client = std::make_unique<GnuSasl>();
    if (auto ok = client->start(mechanism, identity); !ok) return std::move(ok).error();
    return std::unique_ptr<SaslClient>(std::move(client));
}

bool client_speaks_first(Mechanism mechanism)
{
    return mechanism == Mechanism::external || mechanism == Mechanism::plain ||
           wants_token(mechanism);
}

bool wants_token(Mechanism mechanism)
{
    return mechanism == Mechanism::xoauth2 || mechanism == Mechanism::oauthbearer;
}

bool wants_password(Mechanism mechanism)
{
    return mechanism != Mechanism::external && !wants_token(mechanism);
}

}  // namespace postman::smtp
