#include "postoffice/http/http_options.h"

#include <CLI/CLI.hpp>

#include "common/http/listening_socket.h"

namespace postoffice::http
{

void declare(CLI::App& app, HttpOptions& options)
{
    app.add_option("--http-listen", options.listen,
                   "unix:/PATH, HOST:PORT on loopback, or inherited (from systemd): take mail over "
                   "HTTP there, behind nginx");
    app.add_option("--http-keys", options.keys, "file with the keys that such mail is signed with")
        ->type_name("FILE");
    app.add_flag("--http-legacy-hmac-sha1", options.takes_form,
                 "take appengine-mailer's form too, whose signature can be replayed");
    app.add_option("--default-sender", options.default_sender,
                   "over HTTP: the sender of mail that names none")
        ->type_name("ADDRESS");
    app.add_option("--allowed-sender", options.allowed_senders,
                   "over HTTP: ADDRESS, @DOMAIN or <> that may send; none: everybody; may be "
                   "repeated")
        ->type_name("ADDRESS");
}

std::optional<std::string> fault_of(HttpOptions& options)
{
    auto senders = SenderRules::parse(options.default_sender, options.allowed_senders);
    if (!senders) return senders.error().step;
    options.senders = std::move(*senders);
    if (options.listen.empty()) return std::nullopt;
    if (options.keys.empty())
        return "--http-listen: mail over HTTP has to be signed: name a file of keys with "
               "--http-keys";
    if (options.listen == kInherited) return std::nullopt;
    const auto address = mail::http::check_listen_address(options.listen);
    if (!address) return "--http-listen: " + address.error().describe();
    return std::nullopt;
}

}  // namespace postoffice::http
