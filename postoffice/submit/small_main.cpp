// postoffice-sendmail: `postoffice sendmail` for the usual call, with few libraries to load: it
// hands mail to a catcher or into the queue. Anything else is postoffice's, which lies beside it.
#include <unistd.h>

#include <exception>
#include <iostream>

#include "common/exit_codes.h"
#include "common/last_word.h"
#include "postoffice/submit/sendmail_main.h"

namespace
{

using postoffice::submit::SendmailCall;

std::string large_program()
{
    char path[4096];
    const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
    if (size <= 0 || size == static_cast<ssize_t>(sizeof path)) return "/usr/sbin/postoffice";
    const std::string own(path, static_cast<std::size_t>(size));
    return own.substr(0, own.rfind('/')) + "/postoffice";
}

/// Its standard input has not been touched.
int hand_on(const SendmailCall& call)
{
    const std::string program = large_program();
    std::vector<std::string> words = {"postoffice", call.program};
    words.insert(words.end(), call.arguments.begin(), call.arguments.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(program.c_str(), arguments.data());
    std::cerr << call.program << ": " << program << " cannot be run\n";
    return mail::kExitTemporary;
}

int run(int argc, char** argv)
{
    auto call = postoffice::submit::sendmail_call(argc, argv);
    if (!call) call = SendmailCall{"sendmail", {argv + (argc > 0 ? 1 : 0), argv + argc}};
    return postoffice::submit::run_sendmail(*call, {.url_way = {},
                                                    .list_queue = {},
                                                    .run_queue = {},
                                                    .print_version = {},
                                                    .hand_on = hand_on});
}

}  // namespace

int main(int argc, char** argv)
{
    mail::end_with_a_word_for_lack_of_memory();
    try {
        return run(argc, argv);
    } catch (const std::exception& bug) {
        std::cerr << "sendmail: " << bug.what() << "\n";
        return mail::kExitTemporary;
    }
}
