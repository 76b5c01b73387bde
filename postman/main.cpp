/// postman, the courier: fetches mail over HTTPS and delivers it here. What happens in a run:
/// run.h.
#include <csignal>
#include <exception>
#include <iostream>

#include "common/last_word.h"
#include "postman/commands.h"
#include "postman/dry_run.h"
#include "postman/oauth/secret.h"
#include "postman/run.h"

int main(int argc, char** argv)
{
    mail::end_with_a_word_for_lack_of_memory();
    postman::oauth::keep_out_of_core_dumps();
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error of a write
    try {
        postman::PostmanOptions options;
        const postman::Commands commands = postman::all_commands();
        if (const auto exit_code = postman::parse_options(options, commands, argc, argv))
            return *exit_code;
        if (options.command != nullptr) return options.command->run(options);
        return options.dry_run ? postman::run_dry(options) : postman::run_postman(options);
    } catch (const std::exception& bug) {
        std::cerr << "postman: " << bug.what() << "\n";
        return mail::kExitTemporary;
    }
}
