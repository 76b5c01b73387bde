/// The options of the HTTP intake: what they are called, what they mean, which go together.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "postoffice/http/sender_rules.h"

namespace CLI
{
class App;
}

namespace postoffice::http
{

struct HttpOptions {
    std::string listen;  // unix:/PATH, HOST:PORT on loopback, or `inherited`; empty: there is none
    std::string keys;    // a file
    bool takes_form = false;
    std::string default_sender;
    std::vector<std::string> allowed_senders;  // none: everybody

    SenderRules senders = {};  // filled by fault_of()
};

/// `--http-listen inherited`: the sockets that systemd hands over.
inline constexpr const char* kInherited = "inherited";

void declare(CLI::App& app, HttpOptions& options);
/// After the parse: what is wrong, for people.
[[nodiscard]] std::optional<std::string> fault_of(HttpOptions& options);

}  // namespace postoffice::http
