/// A command of postman's: `postman check …`. One pair of files each (NAME_command.*), with its
/// options, what may be wrong with them, and what it does; all are listed in commands.cpp. The
/// courier, without a command, is run.h.
#pragma once

#include <optional>
#include <string>

namespace CLI
{
class App;
}

namespace postman
{

struct PostmanOptions;

class Command
{
public:
    virtual ~Command() = default;

    /// Adds its subcommand to postman's options, and its own options to that. The courier's options
    /// may follow a command too (`postman check … --quiet`); an option that the command declares
    /// itself goes before one of the same name.
    virtual CLI::App* declare(CLI::App& app) = 0;
    /// After parsing, of the chosen one only: what is wrong, for people.
    virtual std::optional<std::string> fault() const { return std::nullopt; }
    /// It sends mail by --deliver: the options of that are checked too.
    virtual bool delivers() const { return false; }
    /// It asks the courier's endpoints: URLs are expected, and all that the courier's own options
    /// say is checked.
    virtual bool asks_endpoints() const { return false; }
    /// returns  the exit code
    virtual int run(const PostmanOptions& common) = 0;
};

}  // namespace postman
