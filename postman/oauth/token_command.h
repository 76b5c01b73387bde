/// `postman token --user U`: an access token on the standard output, for passwordeval and its like,
/// or a try at a server.
#pragma once

#include <string>

#include "postman/command.h"
#include "postman/token_source.h"

namespace postman
{

class TokenCommand final : public Command
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    /// returns  0; 1: the server does not take the token; 75: no token now; 78: none before
    ///          somebody mends something
    int run(const PostmanOptions& common) override;

private:
    int print(const std::string& token) const;
    int test(const std::string& token) const;

    std::string user_;
    std::string socket_;
    std::string source_ = "store";
    std::string output_ = "xoauth2";
    std::string protocol_ = "SMTP";
    std::string test_smtp_;  // "host" or "host:port"
    std::string test_imap_;
    std::string ca_;
    bool no_newline_ = false;
};

}  // namespace postman
