/// postmaster: hands the spool's mail out over HTTP, scrubbed, and deletes what is settled.
#include <exception>
#include <iostream>

#include "common/last_word.h"
#include "postmaster/command_line.h"
#include "postmaster/program.h"

namespace
{

int run(int argc, char** argv)
{
    postmaster::Settings settings;
    mail::Options options = postmaster::make_command_line();
    postmaster::declare_options(options, settings);
    postmaster::CommandLine command;
    postmaster::declare_commands(options, command, settings);
    if (const auto exit_code = options.parse(argc, argv)) return *exit_code;
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
