/// `postman status`: what the courier of this --state did last, and whether that is long ago.
#pragma once

#include <string>

#include "postman/command.h"

namespace postman
{

class StatusCommand final : public Command
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    /// returns  0 the last successful round is younger than --max-age; 1 it is not, or there was
    ///          none; 75 the state directory cannot be read
    int run(const PostmanOptions& common) override;

private:
    bool as_json_ = false;
    std::string max_age_ = "15m";
};

}  // namespace postman
