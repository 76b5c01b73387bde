/// What postman's command line, environment and configuration file say.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config.h"
#include "common/duration.h"
#include "common/privacy/origin_values.h"
#include "common/result.h"
#include "common/web/endpoint_url.h"
#include "common/web/http_exchange.h"
#include "postman/commands.h"
#include "postman/gmail/gmail_options.h"
#include "postman/plan.h"
#include "postman/reports/report_options.h"
#include "postman/smtp/smtp_options.h"

namespace postman
{

using mail::parse_duration;

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
    std::vector<std::string> origin;  // what must not show in anything that leaves here
    std::string state = "/var/lib/postman";
    ReportOptions reports;
    std::string metrics_file;  // empty: none
    std::string protocol = "lease";
    std::string lifetime = "5d";
    std::string unconfirmed = "resend";
    std::string delivery_timeout = "5m";
    SmtpOptions smtp;      // of a --deliver that names a smarthost
    GmailOptions gmail;    // of --deliver gmail
    std::string accounts;  // the file with ways out by sender; then `deliver` has no say
    unsigned jobs = 4;
    std::uint64_t max_per_run = 0;
    double rate = 0;
    bool insecure_http = false;
    bool watch = false;
    bool dry_run = false;
    Command* command = nullptr;  // of `postman check …`: run that; null: the courier

    // Of an `options` that parse_options() has taken:
    const std::vector<std::string>& chosen_urls() const
    {
        return urls.empty() ? listed_urls : urls;
    }
    std::vector<mail::web::EndpointUrl> endpoints() const;
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

/// Names the program; nothing is declared yet.
[[nodiscard]] mail::Options make_command_line();

/// Declares everything on `declared`; the commands' options too.
void declare_options(mail::Options& declared, PostmanOptions& options, const Commands& commands);

/// Declares, parses and checks. Returns the exit code when the program should end now.
[[nodiscard]] std::optional<int> parse_options(PostmanOptions& options, const Commands& commands,
                                               int argc, char** argv);

/// Reads the password where --password-file says so; warns of one on the command line.
/// errors  as mail::read_secret
[[nodiscard]] mail::Result<mail::web::HttpCredentials> read_credentials(
    const PostmanOptions& options);

/// `--origin` values. errors  malformed: with the value
[[nodiscard]] mail::Result<mail::privacy::OriginValues> parse_origin(
    const std::vector<std::string>& texts);

/// `--deliver`: "sendmail", "sendmail:/path", "maildir:/path", "gmail", or a smarthost as
/// parse_smarthost() reads it. errors  malformed
struct WayOutChoice {
    enum class Kind { sendmail, maildir, smarthost, gmail };
    Kind kind = Kind::sendmail;
    std::string path;  // a smarthost's is its URL
};
[[nodiscard]] mail::Result<WayOutChoice> parse_way_out(std::string_view text);

}  // namespace postman
