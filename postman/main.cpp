/// postman, the courier: fetches mail over HTTPS and delivers it here. What happens in a run:
/// run.h.
#include <exception>
#include <iostream>

#include "postman/run.h"

int main(int argc, char** argv)
{
    try {
        postman::PostmanOptions options;
        if (const auto exit_code = postman::parse_options(options, argc, argv)) return *exit_code;
        return postman::run_postman(options);
    } catch (const std::exception& bug) {
        std::cerr << "postman: " << bug.what() << "\n";
        return mail::kExitTemporary;
    }
}
