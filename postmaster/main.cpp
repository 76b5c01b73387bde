/// postmaster: hands the spool's mail out over HTTP, scrubbed, and deletes what is settled.
#include <exception>
#include <iostream>
#include <string_view>
#include <vector>

#include "common/last_word.h"
#include "postmaster/command_line.h"
#include "postmaster/program.h"

namespace
{

/// Called as `mailq` (a link of that name), it is that command.
std::vector<char*> arguments_of(int argc, char** argv)
{
    static char mailq[] = "mailq";
    std::vector<char*> arguments(argv, argv + argc);
    const std::string_view name = argc > 0 ? argv[0] : "";
    if (name.substr(name.find_last_of('/') + 1) == mailq)
        arguments.insert(arguments.begin() + 1, mailq);
    arguments.push_back(nullptr);
    return arguments;
}

int run(int argc, char** argv)
{
    postmaster::Settings settings;
    mail::Options options = postmaster::make_command_line();
    postmaster::declare_options(options, settings);
    postmaster::CommandLine command;
    postmaster::declare_commands(options, command, settings);
    auto arguments = arguments_of(argc, argv);
    const int count = static_cast<int>(arguments.size()) - 1;
    if (const auto exit_code = options.parse(count, arguments.data())) return *exit_code;
    if (!settings.serves) return postmaster::run_command(command, settings);
    postmaster::take_signals();
    return postmaster::run(settings);
}

}  // namespace

int main(int argc, char** argv)
{
    mail::end_with_a_word_for_lack_of_memory();
    try {
        return run(argc, argv);
    } catch (const std::exception& bug) {
        std::cerr << "postmaster: " << bug.what() << "\n";
        return mail::kExitTemporary;
    }
}
