#include "postman/smtp/smtp_options.h"

#include <CLI/CLI.hpp>

#include "postman/oauth/make_token_source.h"

namespace postman
{
namespace
{

mail::Error malformed(const char* option, const mail::Error& error)
{
    return {mail::ErrorKind::malformed, std::string(option) + " " + error.step};
}

}  // namespace

void declare_smtp_options(CLI::App& app, SmtpOptions& o)
{
    app.add_option("--deliver-password-file", o.password_file,
                   "the smarthost's password (or its name in $CREDENTIALS_DIRECTORY)")
        ->type_name("FILE");
    app.add_option("--deliver-password-command", o.password_command,
                   "a command whose first line is the smarthost's password");
    app.add_option("--deliver-token", o.token,
                   "where OAuth tokens come from: store, command:…, socket:PATH or file:PATH");
    app.add_option("--smtp-ca", o.ca,
                   "the CA file that signed the smarthost's certificate, instead of the system's")
        ->type_name("FILE");
    app.add_option("--smtp-cert", o.cert, "a client certificate for the smarthost, with its chain")
        ->type_name("FILE");
    app.add_option("--smtp-key", o.key, "the client certificate's key")->type_name("FILE");
    app.add_option("--smtp-pin", o.pins,
                   "sha256//BASE64 of the smarthost's public key, instead of a CA; repeatable")
        ->allow_extra_args(false);
    app.add_option("--smtp-server-name", o.server_name,
                   "the name in the smarthost's certificate, if it is not its host's");
    app.add_option("--smtp-helo", o.helo, "our name in EHLO; the default tells of no machine");
    app.add_option("--smtp-auth", o.mechanisms,
                   "sign in by these alone: EXTERNAL,OAUTHBEARER,XOAUTH2,PLAIN,LOGIN,CRAM-MD5,"
                   "DIGEST-MD5");
}

mail::Result<Smarthost> smarthost_of(std::string_view deliver, const SmtpOptions& o,
                                     const std::string& state, std::chrono::seconds timeout)
{
    auto smarthost = parse_smarthost(deliver);
    if (!smarthost) return malformed("--deliver:", smarthost.error());
    smarthost->tls = {
        .ca = o.ca, .cert = o.cert, .key = o.key, .pins = o.pins, .name = o.server_name};
    if (!o.helo.empty()) smarthost->helo = o.helo;
    if (!o.password_file.empty()) smarthost->password = password_of_file(o.password_file);
    if (!o.password_command.empty()) {
        if (smarthost->password)
            return mail::Error{mail::ErrorKind::malformed,
                               "--deliver-password-file and --deliver-password-command exclude "
                               "each other"};
        smarthost->password = password_of_command(o.password_command);
    }
    if (!o.token.empty()) {
        auto source = make_token_source(o.token, {.user = smarthost->user, .state = state});
        if (!source) return malformed("--deliver-token:", source.error());
        smarthost->token = std::move(*source);
    }
    smarthost->timeout = timeout;
    if (o.mechanisms.empty()) return smarthost;
    auto mechanisms = parse_mechanisms(o.mechanisms);
    if (!mechanisms) return malformed("--smtp-auth", mechanisms.error());
    smarthost->mechanisms = std::move(*mechanisms);
    return smarthost;
}

}  // namespace postman
