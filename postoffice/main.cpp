// postoffice: catches mail over SMTP and makes it durable. Parses, wires, runs.
#include <malloc.h>
#include <sys/resource.h>

#include <csignal>
#include <exception>
#include <iostream>

#include "common/last_word.h"
#include "common/metrics/pages_listener.h"
#include "common/spool/journaled_intake.h"
#include "postoffice/http/http_intake.h"
#include "postoffice/metrics_pages.h"
#include "postoffice/server.h"
#include "postoffice/submit/sendmail_entry.h"

namespace
{

// A full file-size limit and a client that is gone are errors to answer, not reasons to die.
void ignore_signals()
{
    std::signal(SIGXFSZ, SIG_IGN);
    std::signal(SIGPIPE, SIG_IGN);
}

// Each connection takes a descriptor. Where the system forbids it, the accept loop copes.
void raise_descriptor_limit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

// Pieces of a large mail go back to the system as soon as they are freed.
void keep_memory_flat()
{
    ::mallopt(M_MMAP_THRESHOLD, 128 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 1024 * 1024);  // but not what the next small mail takes again
    ::mallopt(M_ARENA_MAX, 4);
}

int fail(const mail::Error& error)
{
    std::cerr << "postoffice: " << error.describe() << "\n";
    return error.kind == mail::ErrorKind::refused ? mail::kExitConfiguration : mail::kExitTemporary;
}

template <class Opened>
mail::Result<std::unique_ptr<mail::Intake>> as_intake(Opened opened)
{
    if (!opened) return std::move(opened).error();
    return std::unique_ptr<mail::Intake>(std::move(*opened));
}

mail::Result<std::unique_ptr<mail::Intake>> open_intake(const mail::DirectoryIntakeOptions& spool,
                                                        bool with_journal)
{
    if (with_journal) return as_intake(mail::JournaledIntake::open(spool));
    return as_intake(mail::DirectoryIntake::open(spool));
}

int catch_mail(const postoffice::ServerOptions& options)
{
    ignore_signals();
    raise_descriptor_limit();
    keep_memory_flat();
    mail::metrics::LatencyHistogram syncs;
    const mail::DirectoryIntakeOptions spool{options.spool, options.min_free, options.unsafe_spool,
                                             [&syncs](auto took) { syncs.observe(took); }};
    const auto intake = open_intake(spool, options.commit == "journal");
    if (!intake) return fail(intake.error());
    postoffice::Server server(options, **intake);
    if (const auto listening = server.listen(); !listening) return fail(listening.error());
    const auto http = postoffice::http::HttpIntake::open(options, server.store(), **intake);
    if (!http) return fail(http.error());
    if (*http) server.accompany(**http);
    mail::metrics::Pages pages;
    postoffice::add_pages(pages, server, **intake, syncs, options,
                          *http ? &(*http)->counts() : nullptr);
    const auto metrics = mail::metrics::serve_pages(options.metrics_listen, pages);
    if (!metrics) return fail(metrics.error());
    const bool is_well = server.run();
    if (*http) (*http)->stop();
    return is_well ? 0 : mail::kExitTemporary;
}

int run(int argc, char** argv)
{
    if (const auto exit_code = postoffice::submit::run_if_sendmail(argc, argv)) return *exit_code;
    mail::Options command_line = postoffice::make_command_line();
    postoffice::ServerOptions options;
    const postoffice::Subcommands subcommands = postoffice::all_subcommands();
    postoffice::declare_options(command_line, options, subcommands);
    if (const auto exit_code = command_line.parse(argc, argv)) return *exit_code;
    if (options.subcommand != nullptr) return options.subcommand->run(options);
    return catch_mail(options);
}

}  // namespace

int main(int argc, char** argv)
{
    mail::end_with_a_word_for_lack_of_memory();
    try {
        return run(argc, argv);
    } catch (const std::exception& bug) {
        std::cerr << "postoffice: " << bug.what() << "\n";
        return mail::kExitTemporary;
    }
}
