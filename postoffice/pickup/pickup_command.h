/// `postoffice pickup /var/spool/nullmailer/queue`: nullmailer's queue read straight into the
/// spool, in place of nullmailer-send. docs/pickup.md.
#pragma once

#include <string>

#include "postoffice/subcommand.h"

namespace postoffice
{

class PickupCommand final : public Subcommand
{
public:
    CLI::App* declare(CLI::App& app) override;
    std::optional<std::string> fault() const override;
    /// returns  0 the queue is empty, or --watch was told to stop; 75 something is left for a later
    ///          run, or another run is at work; 66 no such queue; 78 nullmailer-send works on it,
    ///          the spool is another user's, or it lies where a power cut empties it
    /// blocks   until all is picked up; with --watch until a stop
    int run(const ServerOptions& common) override;

private:
    int run_on(const std::string& queue, const ServerOptions& common) const;

    std::string queue_;
    bool is_watching_ = false;
};

}  // namespace postoffice
