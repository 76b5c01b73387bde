#include "postman/check_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "common/config.h"
#include "common/dns/resolver.h"
#include "common/privacy/ascii.h"
#include "common/privacy/origin_values.h"
#include "postman/dns_check.h"
#include "postman/options.h"

namespace postman
{
namespace
{

constexpr int kShowsOrigin = 1;

/// What others write into their DNS must not steer a terminal.
std::string printable(std::string_view text)
{
    std::string shown(text);
    for (char& c : shown)
        if (c < ' ' || c > '~') c = '?';
    return shown;
}

void print(const DnsReport& report)
{
    for (const DnsFact& fact : report.facts) {
        std::printf("  %-6s %s", fact.record.c_str(), printable(fact.text).c_str());
        if (!fact.shows.empty()) std::printf("   <- shows the origin: %s", fact.shows.c_str());
        std::printf("\n");
    }
    if (report.facts.empty() && report.failures.empty()) std::printf("  the DNS says nothing\n");
    for (const std::string& failure : report.failures)
        std::printf("  not known: %s\n", printable(failure).c_str());
}

}  // namespace

CLI::App* CheckCommand::declare(CLI::App& app)
{
    CLI::App* check = app.add_subcommand("check", "does the DNS of your domains show the origin?");
    check->add_option("--dns", domains_, "the domains that mail is from")->required();
    check
        ->add_option("--origin", origin_,
                     "what must not show: an address, CIDR, host or suffix; repeatable")
        ->required()
        ->allow_extra_args(false);
    check->add_option("--resolver", resolver_, "ADDRESS:PORT of a name server, not the system's");
    return check;
}

std::optional<std::string> CheckCommand::fault() const
{
    const auto origin = parse_origin(origin_);
    return origin ? std::nullopt : std::optional(origin.error().step);
}

int CheckCommand::run(const PostmanOptions&)
{
    auto resolver = mail::dns::Resolver::open(resolver_);
    if (!resolver) {
        std::cerr << "postman: " << resolver.error().describe() << "\n";
        return mail::kExitTemporary;
    }
    const auto origin = parse_origin(origin_).value();
    std::size_t shown = 0;
    std::size_t open = 0;
    for (const std::string& domain : domains_) {
        std::printf("%s\n", domain.c_str());
        std::fflush(stdout);
        const auto report = check_domain(mail::privacy::lowered(domain), origin, **resolver);
        print(report);
        shown += report.shows_origin() ? 1 : 0;
        open += report.failures.empty() ? 0 : 1;
    }
    std::printf("%zu of %zu domains show the origin%s\n", shown, domains_.size(),
                open > 0 ? ", as far as is known: not every question was answered" : "");
    if (shown > 0) return kShowsOrigin;
    return open > 0 ? mail::kExitTemporary : 0;
}

}  // namespace postman
