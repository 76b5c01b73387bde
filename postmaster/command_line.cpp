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
    "An ID is a mail's 32 digits, or a beginning that no other mail of the spool has: of 12\n"
    "digits at least for drop, bury, hold and release --as-is.\n"
    "Exit: 0 done, 1 refused, 64 no such command or id, 66 no such mail, 75 try again.";

constexpr const char* kReleaseFooter =
    "The mail waits again, for those recipients that were held. Without --as-is the gate judges\n"
    "it by the rules as they are now, and holds it again where they say so.";

constexpr const char* kDropFooter =
    "The mail is deleted for good, at once and without asking. Not what a courier has, and not\n"
    "corrupt mail.";

constexpr const char* kListFooter =
    "Oldest first. Of a mail in messages/: leased if a courier has any of its recipients; else\n"
    "waiting if one of them may be lent now; else deferred. --mailq and --age are about what is\n"
    "still to go, unless --state says otherwise.";

constexpr const char* kRetryFooter =
    "Deferred mail is due now; failed mail waits again for those that failed. `all` is all\n"
    "deferred mail: failed mail is retried by its id.";

constexpr const char* kHoldFooter =
    "With ids, those mails go to held/, until `release`. Without, all hand-out stops, over\n"
    "restarts, until `resume`; mail is still taken in, and what couriers have is settled.";

constexpr const char* kBuryFooter =
    "Waiting, deferred or held mail goes to failed/, until `retry` or `drop`. Not what a courier\n"
    "has.";

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

/// Who `postmaster queue NAME` is, and whether it takes ids.
enum class Ids { none, some, any };

class QueueDeclaration
{
public:
    QueueDeclaration(CLI::App& queue, CommandLine& command, Settings& settings)
        : queue_(queue), command_(command), settings_(settings)
    {
    }

    CLI::App* add(const char* name, Ids ids, const char* what, const char* footer)
    {
        CLI::App* app =
            declare(queue_, name, what, footer, settings_,
                    [this_command = &command_, name] { this_command->queue_command = name; });
        if (ids != Ids::none) {
            CLI::Option* option =
                app->add_option("ID", command_.ids, "of a mail, or its beginning")->type_name("");
            option->required(ids == Ids::some);
        }
        declare_json(*app, command_);
        return app;
    }

private:
    CLI::App& queue_;
    CommandLine& command_;
    Settings& settings_;
};

CLI::Option* declare_states(CLI::App& app, CommandLine& command)
{
    return app
        .add_option("--state", command.states,
                    "waiting, leased, deferred, held, failed or corrupt; several with commas")
        ->delimiter(',')
        ->check(CLI::IsMember({"waiting", "leased", "deferred", "held", "failed", "corrupt"}))
        ->type_name("STATE");
}

void declare_list(CLI::App& list, CommandLine& command)
{
    declare_states(list, command);
    CLI::Option* mailq =
        list.add_flag("--mailq", command.mailq, "in the form of nullmailer's mailq");
    CLI::Option* age =
        list.add_flag("--age", command.age, "recipients by domain and age, as Postfix's qshape");
    list.add_flag("--sender", command.by_sender, "with --age: mails by the sender's domain")
        ->needs(age);
    CLI::Option* json = list.get_option("--json");
    mailq->excludes(age)->excludes(json);
    age->excludes(json);
}

void declare_queue(CLI::App& parent, CommandLine& command, Settings& settings)
{
    CLI::App* queue = declare(parent, "queue", "see and steer the mail in the spool", kQueueFooter,
                              settings, [&command] { command.kind = CommandLine::Kind::queue; });
    queue->require_subcommand(1);
    QueueDeclaration table(*queue, command, settings);
    declare_list(*table.add("list", Ids::none, "list all mail, oldest first", kListFooter),
                 command);
    table.add("held", Ids::none, "list the mail that is held, oldest first", "");
    table.add("stats", Ids::none, "count the mail by state, and why it is held", "");
    CLI::App* show = table.add("show", Ids::some,
                               "one mail: envelope, reason, and what the gate finds in it", "");
    show->add_flag("--raw", command.raw, "its content as it is stored, octet by octet")
        ->excludes(
            show->add_flag("--scrubbed", command.scrubbed, "its content as it would leave now"));
    table.add("release", Ids::some, "let held mail wait for the courier again", kReleaseFooter)
        ->add_flag("--as-is", command.as_is, "the gate lets it pass");
    table.add("retry", Ids::some, "let deferred or failed mail go now", kRetryFooter);
    table.add("hold", Ids::any, "hold a mail, or stop all hand-out", kHoldFooter);
    table.add("resume", Ids::none, "let hand-out go on", "");
    table.add("bury", Ids::some, "give a mail up: to the dead letters", kBuryFooter);
    table.add("drop", Ids::some, "delete a mail", kDropFooter);
}

/// `postmaster mailq` is `postmaster queue list --mailq`.
void declare_mailq(CLI::App& parent, CommandLine& command, Settings& settings)
{
    CLI::App* mailq = declare(parent, "mailq", "list what is still to go, as nullmailer's mailq",
                              "Nothing at all where nothing is to go.", settings, [&command] {
                                  command.kind = CommandLine::Kind::queue;
                                  command.queue_command = "list";
                                  command.mailq = true;
                              });
    declare_states(*mailq, command);
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
    declare_mailq(options.app(), command, settings);
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
