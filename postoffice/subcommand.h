/// A command of postoffice's: `postoffice pickup …`. One pair of files each (NAME_command.*), with
/// its options, what may be wrong with them, and what it does; all are listed in subcommands.cpp.
/// Without one, postoffice is the catcher: server.h. (An SMTP command is command.h.)
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI
{
class App;
}

namespace postoffice
{

struct ServerOptions;

class Subcommand
{
public:
    virtual ~Subcommand() = default;

    /// Adds its subcommand to postoffice's options, and its own options to that. The catcher's
    /// options may follow it too (`postoffice pickup … --spool DIR`); an option that it declares
    /// itself goes before one of the same name.
    virtual CLI::App* declare(CLI::App& app) = 0;
    /// After parsing, of the chosen one only: what is wrong, for people.
    virtual std::optional<std::string> fault() const { return std::nullopt; }
    /// returns  the exit code, after sysexits.h
    virtual int run(const ServerOptions& common) = 0;
};

using Subcommands = std::vector<std::unique_ptr<Subcommand>>;

/// All, in the order in which --help tells them.
[[nodiscard]] Subcommands all_subcommands();

}  // namespace postoffice
