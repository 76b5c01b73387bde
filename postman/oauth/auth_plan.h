/// What `postman auth` was asked for, put together: provider, client file and flags become one
/// way to sign in. Pure.
#pragma once

#include <optional>
#include <string>

#include "common/result.h"
#include "postman/oauth/client_file.h"
#include "postman/oauth/sign_in.h"

namespace postman::oauth
{

enum class Way { loopback, device, client_credentials, service_account, import };

struct AuthWishes {
    std::optional<ClientFile> file;  // of --client
    std::string provider_argument;   // "google" or the FILE's path: the command that mends names it
    std::string user;
    std::string way;  // of --flow; empty: what fits
    std::string client_id;
    std::string client_secret;
    std::string scope;
};

struct AuthPlan {
    Way way = Way::loopback;
    SignIn sign_in;
    std::string redirect_path = "/";     // of the loopback address
    std::optional<unsigned short> port;  // where the client's registration names one
    Account account;                     // of the ways that need no person: ready to be renewed
};

/// errors  malformed: wishes that do not go together, something that is missing, a client file of
///         another provider; with what to do
[[nodiscard]] mail::Result<AuthPlan> plan_auth(Provider provider, const AuthWishes& wishes);

}  // namespace postman::oauth
