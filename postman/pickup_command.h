/// `postman pickup /var/spool/nullmailer/queue`: one round over nullmailer's queue, in place of
/// nullmailer-send.
#pragma once

#include <string>

#include "postman/command.h"

namespace postman
{

class PickupCommand final : public Command
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    bool delivers() const override { return true; }
    /// returns  0 the queue is empty, or another run is at work on it; 75 something is left for a
    ///          later run; 66 no such queue; 78 the way out does not work, or nullmailer-send runs
    /// blocks   until the round is over or a stop
    int run(const PostmanOptions& common) override;

private:
    std::string queue_;
};

}  // namespace postman
