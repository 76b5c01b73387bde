/// --report-to, --dsn and what belongs to them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "postman/reports/notice_rules.h"

namespace CLI
{
class App;
}

namespace postman
{

struct ReportOptions {
    std::string report_to;
    std::string report_every = "1d";
    std::string dsn = "none";
    std::vector<std::string> dsn_domains;
    std::string courier_name;
};

void declare_reports(CLI::App& app, ReportOptions& options);
[[nodiscard]] std::optional<std::string> fault_in(const ReportOptions& options);
/// options  without a fault
[[nodiscard]] NoticeRules notice_rules(const ReportOptions& options);

}  // namespace postman
