#include "postoffice/submit/sendmail_entry.h"

#include <iostream>

#include "postoffice/server_options.h"
#include "postoffice/submit/list_queue.h"
#include "postoffice/submit/sendmail_main.h"
#include "postoffice/submit/sendmail_queue.h"
#include "postoffice/submit/url_way.h"

namespace postoffice::submit
{
namespace
{

int print_help(std::string command)
{
    mail::Options command_line = make_command_line();
    ServerOptions options;
    const Subcommands subcommands = all_subcommands();
    declare_options(command_line, options, subcommands);
    std::string program = "postoffice", help = "--help";
    char* words[] = {program.data(), command.data(), help.data(), nullptr};
    return command_line.parse(3, words).value_or(mail::kExitUsage);
}

int print_version()
{
    std::cout << "postoffice " << mail::version() << "\n";
    return 0;
}

}  // namespace

std::optional<int> run_if_sendmail(int argc, char** argv)
{
    const auto call = sendmail_call(argc, argv);
    if (!call) return std::nullopt;
    if (asks_for_help(*call)) return print_help(call->program);
    return run_sendmail(*call, {.url_way = send_by_url,
                                .list_queue = list_queue,
                                .run_queue = run_queue,
                                .print_version = print_version,
                                .hand_on = {}});
}

}  // namespace postoffice::submit
