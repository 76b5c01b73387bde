/// gate_clean MAILS: none of the clean mails is held, and all leave as they came.
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "tests/gate/cells.h"

namespace mail::test
{
namespace
{

using namespace privacy;
using Verdict = Inspection::Verdict;

constexpr std::size_t kLeastMails = 500;

/// What is wrong with the verdict; empty: nothing.
std::string fault_of(const CleanMail& mail, const Inspection& inspection)
{
    if (inspection.verdict == Verdict::held) return "held: " + inspection.reason;
    if (inspection.verdict == Verdict::cleaned) {
        return "cleaned: " + (inspection.actions.empty() ? "?" : inspection.actions.front().line);
    }
    if (inspection.content != mail.content) return "changed";
    if (!(inspection.envelope == mail.envelope)) return "envelope changed";
    if (!inspection.unknown.empty()) return "unknown: " + inspection.unknown;
    const bool is_told = !inspection.findings.empty() && mail.learned.empty();
    return is_told ? "warned of " + inspection.findings.front().value.value : "";
}

std::string excerpt_of(const Inspection& inspection)
{
    return inspection.findings.empty() ? "" : inspection.findings.front().excerpt;
}

int inspect_all(const std::string& path)
{
    struct Count {
        std::size_t mails = 0, alarms = 0;
    };
    std::map<std::string, Count> counts;
    std::map<std::string, InspectionRules> rules;
    std::size_t alarms = 0, mails = 0;
    for (const auto& mail : read_clean_mails(path)) {
        auto& known = rules[mail.values];
        if (!known.search) {
            const auto values = values_of(mail.origins, mail.learned);
            known = rules_around(std::make_shared<OriginSearch>(values));
        }
        const auto inspection = inspect(mail.content, mail.envelope, known);
        const auto fault = fault_of(mail, inspection);
        ++mails;
        ++counts[mail.values].mails;
        if (fault.empty()) continue;
        ++alarms;
        ++counts[mail.values].alarms;
        std::printf("FALSE ALARM #%zu %s, %s: %s\n    %s\n", mail.number, mail.name.c_str(),
                    mail.values.c_str(), fault.c_str(), excerpt_of(inspection).c_str());
    }
    std::printf("%-24s %6s %13s\n", "values", "mails", "false alarms");
    for (const auto& [name, count] : counts)
        std::printf("%-24s %6zu %13zu\n", name.c_str(), count.mails, count.alarms);
    return alarms == 0 && mails >= kLeastMails ? 0 : 1;
}

}  // namespace
}  // namespace mail::test

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: gate_clean MAILS\n";
        return 64;
    }
    try {
        return mail::test::inspect_all(argv[1]);
    } catch (const std::exception& error) {
        std::cerr << "gate_clean: " << error.what() << '\n';
        return 1;
    }
}
