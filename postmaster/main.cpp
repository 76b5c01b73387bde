/// postmaster: hands the spool's mail out over HTTP, scrubbed, and deletes what is settled.
#include "postmaster/program.h"

int main(int argc, char** argv)
{
    postmaster::take_signals();
    postmaster::Settings settings;
    mail::Options options("postmaster", "hands mail out to the courier, scrubbed of the origin",
                          "POSTMASTER");
    postmaster::declare_options(options, settings);
    if (const auto exit_code = options.parse(argc, argv)) return *exit_code;
    return postmaster::run(settings);
}
