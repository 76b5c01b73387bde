/// The options of --deliver gmail, and the way out that they make.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "postman/accounts/account_way.h"
#include "postman/delivery_backend.h"

namespace CLI
{
class App;
}

namespace postman
{

struct GmailOptions {
    std::string user;  // as given to `postman auth`
    std::string endpoint;
    std::string ca;
};

void declare_gmail_options(CLI::App& app, GmailOptions& options);

/// token    of --deliver-token; empty: the store
[[nodiscard]] GmailWay gmail_way_of(const GmailOptions& options, const std::string& token);

/// What is wrong with --deliver gmail, by the options' names.
[[nodiscard]] std::optional<std::string> fault_in(const GmailWay& way);

/// timeout  for one mail
/// errors   malformed: the words of the token source
[[nodiscard]] mail::Result<std::unique_ptr<DeliveryBackend>> make_gmail_backend(
    const GmailWay& way, const std::string& state, std::chrono::seconds timeout);

}  // namespace postman
