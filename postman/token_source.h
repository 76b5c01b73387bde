/// Where the OAuth access token of an account comes from: the store of `postman auth`, a command,
/// a broker's socket, a file.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "common/result.h"

namespace postman
{

class TokenSource
{
public:
    virtual ~TokenSource() = default;

    /// For logs: "store:web@shop.example", "command:…". Never a secret.
    virtual std::string name() const = 0;
    /// An access token that is valid for a while yet; renewed when need be, by one caller at a time
    /// across processes.
    ///
    /// errors  temporary: the provider did not answer, the command failed; what is stored stays
    ///         refused:   the grant is gone (`invalid_grant`) or the file cannot be used: a line
    ///                    that says which command mends it
    /// blocks  for a renewal. Called from any thread
    [[nodiscard]] virtual mail::Result<std::string> token(std::stop_token stop) = 0;
    /// A server did not take this token: the next token() gives another one where it can.
    virtual void reject(std::string_view token) = 0;
};

}  // namespace postman
