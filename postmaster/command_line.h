/// The operators' commands on postmaster's command line: what they are called, what they take, and
/// what their --help says. `serve`, the default, belongs to the settings.
#pragma once

#include <string>
#include <vector>

#include "common/config.h"
#include "postmaster/settings.h"

namespace postmaster
{

struct CommandLine {
    enum class Kind { serve, check, queue, origin };
    Kind kind = Kind::serve;

    bool json = false;
    // check
    std::vector<std::string> files;  // "-": the standard input
    std::string from;                // the envelope sender
    // queue
    std::string queue_command;  // "list", "show", …: the table in queue_commands.cpp
    std::vector<std::string> ids;
    bool as_is = false;
    std::vector<std::string> states;  // list: of these only
    bool mailq = false;               // list: in nullmailer's form
    bool age = false;                 // list: in qshape's form
    bool by_sender = false;           // with age: domains of senders, not of recipients
    bool raw = false, scrubbed = false;
    std::string content_form() const { return raw ? "raw" : scrubbed ? "scrubbed" : ""; }
    bool retries_all() const
    {
        return queue_command == "retry" && ids == std::vector<std::string>{"all"};
    }
    // origin
    bool suggest = false;
    std::vector<std::string> domains;
    std::string resolver;  // "ADDRESS:PORT"; empty: the system's
};

/// Declares the commands on `options`; parse() fills `command`, and says in `settings` that it does
/// not serve. All must outlive it.
void declare_commands(mail::Options& options, CommandLine& command, Settings& settings);

/// Runs what was asked for, on the standard output; complaints go to the standard error.
/// returns the exit code, after sysexits.h
[[nodiscard]] int run_command(const CommandLine& command, const Settings& settings);

}  // namespace postmaster
