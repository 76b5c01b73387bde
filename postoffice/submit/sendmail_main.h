/// `postoffice sendmail`, and the program under the names sendmail, mailq and newaliases: from the
/// command line to the exit code. `postoffice mail` goes the same ways.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "postoffice/submit/submitter.h"

namespace postoffice::submit
{

struct SendmailCall {
    std::string program;  // "sendmail", "mailq", "newaliases" or "mail"
    std::vector<std::string> arguments;
};

/// By the program's name or its first argument; nothing where neither means us. Asked before any
/// other option is read: this command line is none of CLI11's.
[[nodiscard]] std::optional<SendmailCall> sendmail_call(int argc, char** argv);

/// --help was asked for: CLI11 answers that.
[[nodiscard]] bool asks_for_help(const SendmailCall& call);

/// What takes libraries that the usual call does not need.
struct SendmailParts {
    UrlWay url_way;
    std::function<int(const Settings& settings)> list_queue;
    std::function<int(const Settings& settings, const std::string& name)> run_queue;
    std::function<int()> print_version;
    /// In their place, in a program that is linked without them: another program does the call.
    std::function<int(const SendmailCall& call)> hand_on;
};

/// returns  after sysexits.h; docs/sendmail.md has the table
/// blocks   for the input and for whoever takes the mail
[[nodiscard]] int run_sendmail(const SendmailCall& call, const SendmailParts& parts);

}  // namespace postoffice::submit
