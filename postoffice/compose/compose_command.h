/// `postoffice compose`: prints a MIME message, for `postoffice sendmail -t` and the like.
#pragma once

#include <string>
#include <vector>

#include "postoffice/subcommand.h"

namespace postoffice
{

class ComposeCommand final : public Subcommand
{
public:
    CLI::App* declare(CLI::App& app) override;
    /// returns  0; 65 something of it cannot stand in a message; 66 a file cannot be read; 74
    ///          standard output does not take it
    int run(const ServerOptions& common) override;

private:
    std::string sender_, subject_, body_;
    std::vector<std::string> recipients_, files_;
};

}  // namespace postoffice
