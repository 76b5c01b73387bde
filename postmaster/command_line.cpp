#include "postmaster/command_line.h"

#include <CLI/CLI.hpp>

#include "postmaster/check_command.h"
#include "postmaster/origin_command.h"
#include "postmaster/queue_command.h"

namespace postmaster
{
namespace
{

constexpr const char* kCheckFooter =
    "Says what would be done with a message if it were in the spool now: what the scrub takes\n"
    "away, what of the origin is still there and where, and whether it would be held. A record\n"
    "of the spool is read as well. Nothing is changed or sent.\n"
    "Exit: 0 nothing is left to find, 1 it would be held, 66 no such file.\n"
    "Options of postmaster (--origin, --rewrite, --config …) count here, too.";

constexpr const char* kQueueFooter =
    "An ID is a mail's 32 digits, or a beginning that no other kept mail has.\n"
    "Exit: 0 done, 1 refused, 64 no such command or id, 66 no such mail, 75 try again.";

constexpr const char* kReleaseFooter =
    "The mail waits again, for those recipients that were held. Without --as-is the gate judges\n"
    "it by the rules as they are now, and holds it again where they say so.";

constexpr const char* kDropFooter =
    "The mail is deleted for good, at once and without asking; held or failed mail only.";

constexpr const char* kOriginFooter =
    "Prints what must not show, where it is known from, and each form that is looked for. With\n"
    "domains, asks the DNS which of their hosts belong on the list. --suggest prints lines for\n"
    "postmaster.conf, from what --gate report has noted.";

/// A command takes postmaster's own options as well, and says that it does not serve.
CLI::App* declare(CLI::App& parent, const char* name, const char* what, const char* footer,
                  Settings& settings, std::function<void()> chosen)
{
    CLI::App* app = parent.add_subcommand(name, what)->fallthrough();
    app->footer(footer);
    app->set_help_flag("-h,--help", "this text, then exit");
    app->callback([&settings, chosen = std::move(chosen)] {
        settings.serves = false;
        chosen();
    });
    return app;
}

void declare_json(CLI::App& app, CommandLine& command)
{
    app.add_flag("--json", command.json, "one JSON object a line");
}

void declare_check(CLI::App& parent, CommandLine& command, Settings& settings)
{
    CLI::App* app = declare(parent, "check", "say what the gate does with a message", kCheckFooter,
                            settings, [&command] { command.kind = CommandLine::Kind::check; });
    app->add_option("FILE", command.files, "a message; - for the standard input")
        ->required()
        ->type_name("");
    app->add_option("--from", command.from, "the envelope sender")->type_name("SENDER");
    declare_json(*app, command);
}

void declare_queue(CLI::App& parent, CommandLine& command, Settings& settings)
{
    CLI::App* queue = declare(parent, "queue", "see and steer the mail that is held", kQueueFooter,
                              settings, [&command] { command.kind = CommandLine::Kind::queue; });
    queue->require_subcommand(1);
    const auto add = [&](const char* name, const char* what, const char* footer) {
        CLI::App* app = declare(*queue, name, what, footer, settings,
                                [&command, name] { command.queue_command = name; });
        if (std::string_view(name) != "held")
            app->add_option("ID", command.ids, "of a kept mail, or its beginning")
                ->required()
                ->type_name("");
        return app;
    };
    declare_json(*add("held", "list the mail that is held, the longest held first", ""), command);
    declare_json(*add("show", "one mail: envelope, reason, and what the gate finds in it", ""),
                 command);
    CLI::App* release = add("release", "let held mail wait for the courier again", kReleaseFooter);
    release->add_flag("--as-is", command.as_is, "the gate lets it pass");
    declare_json(*release, command);
    declare_json(*add("drop", "delete held or failed mail", kDropFooter), command);
}

void declare_origin(CLI::App& parent, CommandLine& command, Settings& settings)
{
    CLI::App* app =
        declare(parent, "origin", "print what must not show, in each form", kOriginFooter, settings,
                [&command] { command.kind = CommandLine::Kind::origin; });
    app->add_option("DOMAIN", command.domains, "a domain that mail is from")->type_name("");
    app->add_flag("--suggest", command.suggest, "print the lines that the gate's report asks for");
    app->add_option("--resolver", command.resolver, "ADDRESS:PORT of a name server");
    declare_json(*app, command);
}

}  // namespace

void declare_commands(mail::Options& options, CommandLine& command, Settings& settings)
{
    declare_queue(options.app(), command, settings);
    declare_check(options.app(), command, settings);
    declare_origin(options.app(), command, settings);
}

int run_command(const CommandLine& command, const Settings& settings)
{
    // What people asked for goes to the standard output; the log only complains.
    mail::log::configure({"postmaster", mail::log::Level::warning});
    switch (command.kind) {
        case CommandLine::Kind::check:
            return run_check(command, settings);
        case CommandLine::Kind::queue:
            return run_queue(command, settings);
        case CommandLine::Kind::origin:
            return run_origin(command, settings);
        case CommandLine::Kind::serve:
            break;
    }
    return mail::kExitUsage;
}

}  // namespace postmaster
