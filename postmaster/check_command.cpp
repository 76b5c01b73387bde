#include "postmaster/check_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "postmaster/mail_file.h"
#include "postmaster/privacy_rules.h"
#include "postmaster/verdict.h"

namespace postmaster
{
namespace
{

constexpr int kWouldBeHeld = 1;
constexpr int kNoInput = 66;  // EX_NOINPUT
/// No mail gets an identifier under it: what is shown is an example.
constexpr const char* kThrowAwayKey = "postmaster check";

void print_text(const std::string& name, const Json& verdict, const Style& style)
{
    std::string line = shown(name) + ": " + verdict_word(verdict, style);
    if (const std::string reason = text_of(verdict, "reason"); !reason.empty())
        line += ": " + shown(reason);
    std::fputs((line + "\n" + verdict_text(verdict, style)).c_str(), stdout);
}

int check_file(const std::string& name, const CommandLine& command,
               const mail::privacy::InspectionRules& rules)
{
    auto file = read_mail_file(name);
    if (!file) {
        std::cerr << "postmaster: " << shown(file.error().describe()) << "\n";
        return kNoInput;
    }
    mail::Envelope& envelope = file->envelope;
    if (!command.from.empty()) envelope.reverse_path = command.from;
    const auto inspection = inspect(std::move(file->content), envelope, rules);
    Json verdict = {{"name", name}};
    verdict.update(verdict_json(inspection, envelope, rules.search.get()));
    if (command.json)
        std::puts(json_line(verdict).c_str());
    else
        print_text(name, verdict, {wants_colour(STDOUT_FILENO)});
    return inspection.verdict == mail::privacy::Inspection::Verdict::held ? kWouldBeHeld : 0;
}

}  // namespace

int run_check(const CommandLine& command, const Settings& settings)
{
    const auto rules = privacy_rules(settings, kThrowAwayKey);
    if (!rules) {
        std::cerr << "postmaster: " << shown(rules.error().describe()) << "\n";
        return mail::kExitConfiguration;
    }
    int exit_code = 0;
    for (const std::string& name : command.files)
        exit_code = std::max(exit_code, check_file(name, command, rules->inspection));
    return exit_code;
}

}  // namespace postmaster
