/// `postman check --dns DOMAIN … --origin VALUE …`, as people see it: prints what the DNS says of
/// each domain, and what of it shows the origin.
#pragma once

#include <string>
#include <vector>

#include "postman/command.h"

namespace postman
{

class CheckCommand final : public Command
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    /// returns  0 nothing shows it, 1 something does, 75 that is open: no name server answered
    /// blocks   for the answers
    int run(const PostmanOptions& common) override;

private:
    std::vector<std::string> domains_;
    std::vector<std::string> origin_;
    std::string resolver_;  // "ADDRESS:PORT"; empty: the system's
};

}  // namespace postman
