#include "postman/reports/report_options.h"

#include <CLI/CLI.hpp>

#include "postman/options.h"

namespace postman
{
namespace
{

constexpr const char* kDomainOctets =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";

bool is_domain(const std::string& text)
{
    return !text.empty() && text.size() <= 255 && text.front() != '-' && text.front() != '.' &&
           text.find_first_not_of(kDomainOctets) == std::string::npos;
}

bool is_address(const std::string& text)
{
    const std::size_t at = text.rfind('@');
    return at != std::string::npos && at > 0 && is_domain(text.substr(at + 1)) &&
           text.find_first_of(" \t\r\n<>,;") == std::string::npos && address_fault(text).empty();
}

}  // namespace

void declare_reports(CLI::App& app, ReportOptions& o)
{
    app.add_option("--report-to", o.report_to, "one summary a day of who was not reached");
    app.add_option("--report-every", o.report_every, "the time between two summaries at least")
        ->capture_default_str();
    app.add_option("--dsn", o.dsn, "none, or sender: a report to the sender of a mail that failed")
        ->check(CLI::IsMember({"none", "sender"}))
        ->capture_default_str();
    app.add_option("--dsn-domain", o.dsn_domains, "senders of this domain get one; repeatable");
    app.add_option("--courier-name", o.courier_name, "the host name that reports are from");
}

std::optional<std::string> fault_in(const ReportOptions& o)
{
    if (!o.report_to.empty() && !is_address(o.report_to))
        return "--report-to: wants an address, ops@example.com";
    if (const auto ok = parse_duration(o.report_every); !ok)
        return "--report-every: " + ok.error().step;
    if (o.dsn == "sender" && o.dsn_domains.empty())
        return "--dsn sender needs --dsn-domain: whom else may it write to?";
    for (const std::string& domain : o.dsn_domains)
        if (!is_domain(domain)) return "--dsn-domain: wants a domain: " + domain;
    if (!o.courier_name.empty() && !is_domain(o.courier_name))
        return "--courier-name: wants a host name";
    // Never this machine's own: without a pipeline that may be the origin.
    if (notice_rules(o).is_wanted() && o.courier_name.empty())
        return "--report-to and --dsn need --courier-name: the host name that they are from";
    return std::nullopt;
}

NoticeRules notice_rules(const ReportOptions& o)
{
    NoticeRules rules{o.courier_name, o.report_to, parse_duration(o.report_every).value(), {}};
    if (o.dsn == "sender") rules.dsn_domains = o.dsn_domains;
    return rules;
}

}  // namespace postman
