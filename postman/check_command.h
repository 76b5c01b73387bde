/// `postman check`, as people see it. With URLs, or none and those of the configuration: tries the
/// whole way to each endpoint and the way out, takes no mail, and says what to mend. With --dns:
/// does the public DNS of the sending domains show the origin?
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
    bool asks_endpoints() const override { return domains_.empty(); }
    /// returns  0 all is well, 1 something is to be mended or shows the origin, 75 that is open: no
    ///          name server answered, 78 a password or certificate file that cannot be used
    /// blocks   for the answers
    int run(const PostmanOptions& common) override;

private:
    int check_ways(const PostmanOptions& common) const;
    int check_dns() const;

    bool json_ = false;
    std::vector<std::string> domains_;
    std::vector<std::string> origin_;
    std::string resolver_;  // "ADDRESS:PORT"; empty: the system's
};

}  // namespace postman
