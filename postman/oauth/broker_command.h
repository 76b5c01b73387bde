/// `postman broker --socket PATH --account USER …`: tokens for the other mail programs here.
#pragma once

#include <string>
#include <vector>

#include "postman/command.h"

namespace postman
{

class BrokerCommand final : public Command
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    /// Until SIGTERM or SIGINT.
    /// returns  0; 78: a socket or an account that cannot be served
    int run(const PostmanOptions& common) override;

private:
    std::string socket_;
    std::string mode_ = "0600";
    std::vector<std::string> accounts_;   // "user" or "user=SOURCE"
    std::vector<std::string> protocols_;  // none: both
};

}  // namespace postman
