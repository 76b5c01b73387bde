#include "common/config.h"
#include "manuals/forms.h"
#include "postman/options.h"
#include "postmaster/command_line.h"
#include "postoffice/server_options.h"

namespace manuals
{
namespace
{

mail::CommandRow postoffice_table()
{
    mail::Options command_line = postoffice::make_command_line();
    postoffice::ServerOptions options;
    const postoffice::Subcommands subcommands = postoffice::all_subcommands();
    postoffice::declare_options(command_line, options, subcommands);
    return command_line.table();
}

mail::CommandRow postmaster_table()
{
    mail::Options command_line = postmaster::make_command_line();
    postmaster::Settings settings;
    postmaster::CommandLine command;
    postmaster::declare_options(command_line, settings);
    postmaster::declare_commands(command_line, command, settings);
    return command_line.table();
}

mail::CommandRow postman_table()
{
    mail::Options command_line = postman::make_command_line();
    postman::PostmanOptions options;
    const postman::Commands commands = postman::all_commands();
    postman::declare_options(command_line, options, commands);
    return command_line.table();
}

}  // namespace

std::optional<mail::CommandRow> table_of(std::string_view program)
{
    if (program == "postoffice") return postoffice_table();
    if (program == "postmaster") return postmaster_table();
    if (program == "postman") return postman_table();
    return std::nullopt;
}

}  // namespace manuals
