#include "postman/check_command.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "common/clock.h"
#include "common/config.h"
#include "common/dns/resolver.h"
#include "common/privacy/ascii.h"
#include "common/privacy/origin_values.h"
#include "postman/check_report.h"
#include "postman/dns_check.h"
#include "postman/endpoint_probe.h"
#include "postman/make_backend.h"
#include "postman/options.h"
#include "postman/printable.h"

namespace postman
{
namespace
{

constexpr int kToBeMended = 1;

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

/// By the courier's own way out, without a mail.
CheckedWay rehearse_way_out(const PostmanOptions& options)
{
    const auto backend = make_backend(options);
    CheckedWay way{backend->name(), {}};
    const auto broken = backend->rehearse();
    if (!broken)
        way.steps.push_back({"way out", CheckStep::Result::ok, "it could deliver now"});
    else
        way.steps.push_back({"way out", CheckStep::Result::failed, broken->reason,
                             "see --deliver, or what it leads to"});
    return way;
}

int not_usable(const mail::Error& error)
{
    std::cerr << "postman: " << error.describe() << "\n";
    return mail::kExitConfiguration;
}

}  // namespace

CLI::App* CheckCommand::declare(CLI::App& app)
{
    CLI::App* check = app.add_subcommand(
        "check",
        "check [URL ...]: is the way to the endpoint open? Or with --dns: does the DNS of "
        "your domains show the origin?");
    check->add_flag("--json", json_, "print one JSON object");
    check->add_option("--dns", domains_, "the domains that mail is from, instead of a URL");
    check
        ->add_option("--origin", origin_,
                     "with --dns: what must not show: an address, CIDR, host or suffix; repeatable")
        ->allow_extra_args(false);
    check->add_option("--resolver", resolver_, "ADDRESS:PORT of a name server, not the system's");
    return check;
}

std::optional<std::string> CheckCommand::fault() const
{
    if (domains_.empty()) return std::nullopt;
    if (origin_.empty()) return "--dns wants --origin: what must not show";
    const auto origin = parse_origin(origin_);
    return origin ? std::nullopt : std::optional(origin.error().step);
}

int CheckCommand::run(const PostmanOptions& common)
{
    return domains_.empty() ? check_ways(common) : check_dns();
}

int CheckCommand::check_ways(const PostmanOptions& common) const
{
    const auto credentials = read_credentials(common);
    if (!credentials) return not_usable(credentials.error());
    std::vector<CheckedWay> ways;
    const auto tell = [&](CheckedWay way) {
        if (!json_) std::cout << text_of(way) << std::flush;
        ways.push_back(std::move(way));
    };
    for (const mail::web::EndpointUrl& url : common.endpoints()) {
        auto way = probe_endpoint(url, *credentials, common.chosen_protocol() == Protocol::original,
                                  mail::system_clock());
        if (!way) return not_usable(way.error());
        tell(std::move(*way));
    }
    tell(rehearse_way_out(common));
    if (json_) std::cout << json_of(ways);
    return is_all_well(ways) ? 0 : kToBeMended;
}

int CheckCommand::check_dns() const
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
    if (shown > 0) return kToBeMended;
    return open > 0 ? mail::kExitTemporary : 0;
}

}  // namespace postman
