/// What postman's command line, environment and configuration file say.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config.h"
#include "common/result.h"
#include "postman/endpoint_url.h"
#include "postman/http_exchange.h"
#include "postman/plan.h"

namespace postman
{

enum class Protocol { lease, original };

struct PostmanOptions {
    std::vector<std::string> urls;         // of the command line
    std::vector<std::string> listed_urls;  // `url =` lines, where the command line has none
    std::string user;
    std::string password;
    std::string password_file;
    std::string ca;
    std::string cert;
    std::string key;
    std::string deliver = "sendmail";
    std::string state = "/var/lib/postman";
    std::string protocol = "lease";
    std::string lifetime = "5d";
    std::string unconfirmed = "resend";
    std::string delivery_timeout = "5m";
    unsigned jobs = 4;
    std::uint64_t max_per_run = 0;
    double rate = 0;
    bool insecure_http = false;
    bool watch = false;

    // Of an `options` that parse_options() has taken:
    const std::vector<std::string>& chosen_urls() const
    {
        return urls.empty() ? listed_urls : urls;
    }
    std::vector<EndpointUrl> endpoints() const;
    std::chrono::seconds lifetime_seconds() const;
    std::chrono::seconds delivery_timeout_seconds() const;
    Protocol chosen_protocol() const
    {
        return protocol == "original" ? Protocol::original : Protocol::lease;
    }
    Unconfirmed chosen_unconfirmed() const
    {
        return unconfirmed == "hold" ? Unconfirmed::hold : Unconfirmed::resend;
    }
};

/// Declares, parses and checks. Returns the exit code when the program should end now.
[[nodiscard]] std::optional<int> parse_options(PostmanOptions& options, int argc, char** argv);

/// Reads the password where --password-file says so; warns of one on the command line.
/// errors  as mail::read_secret
[[nodiscard]] mail::Result<HttpCredentials> read_credentials(const PostmanOptions& options);

/// "5d", "36h", "90m", "300s" or "300". errors  malformed
[[nodiscard]] mail::Result<std::chrono::seconds> parse_duration(std::string_view text);

/// `--deliver`: "sendmail", "sendmail:/path" or "maildir:/path". errors  malformed
struct WayOutChoice {
    enum class Kind { sendmail, maildir };
    Kind kind = Kind::sendmail;
    std::string path;
};
[[nodiscard]] mail::Result<WayOutChoice> parse_way_out(std::string_view text);

}  // namespace postman
