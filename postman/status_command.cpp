#include "postman/status_command.h"

#include <CLI/CLI.hpp>
#include <iostream>

#include "common/clock.h"
#include "common/config.h"
#include "postman/options.h"
#include "postman/status.h"

namespace postman
{
namespace
{

constexpr int kTooLongAgo = 1;

}  // namespace

CLI::App* StatusCommand::declare(CLI::App& app)
{
    CLI::App* status = app.add_subcommand("status", "what the courier did last, and how long ago");
    status->add_flag("--json", as_json_, "as one JSON object");
    status
        ->add_option("--max-age", max_age_,
                     "exit 1 if the last successful round is older than this")
        ->capture_default_str();
    return status;
}

std::optional<std::string> StatusCommand::fault() const
{
    const auto age = parse_duration(max_age_);
    return age ? std::nullopt : std::optional("--max-age: " + age.error().step);
}

int StatusCommand::run(const PostmanOptions& common)
{
    const auto status = read_status(common.state, mail::system_files());
    if (!status && status.error().kind != mail::ErrorKind::missing) {
        std::cerr << "postman: " << status.error().describe() << "\n";
        return mail::kExitTemporary;
    }
    if (!status) {
        std::cerr << "postman: no courier has run with --state " << common.state << "\n";
        return kTooLongAgo;
    }
    const auto max_age = parse_duration(max_age_).value();
    const auto now =
        std::chrono::floor<std::chrono::seconds>(mail::system_clock().wall().time_since_epoch())
            .count();
    std::cout << (as_json_ ? status_json(*status, now, max_age)
                           : status_text(*status, now, max_age));
    std::cout.flush();
    return status->is_fresh(now, max_age) ? 0 : kTooLongAgo;
}

}  // namespace postman
