/// What happens around the rounds of a run, whoever lends the mail: the log, the figures, the
/// courier's own mail.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "postman/metrics/metrics_file.h"
#include "postman/options.h"
#include "postman/reports/notices.h"
#include "postman/way_out.h"

namespace postman
{

class RoundBook
{
public:
    /// state  the directory of this run's ledger
    RoundBook(const PostmanOptions& options, std::string state, mail::Files& files,
              const mail::Clock& clock);

    /// From now on the way out tells of failures where a summary or reports are wanted. Warns of a
    /// state directory that a power cut empties, or that another host answers for.
    /// errors  temporary: their directory cannot be made
    [[nodiscard]] mail::Result<mail::Done> open(WayOut& way_out);
    /// Thread-safe. Blocks for the courier's own mail, where there is any.
    /// is_quiet  say nothing of a round without mail
    void end_round(const std::string& endpoint, const Round& round, WayOut& way_out,
                   std::stop_token stop, bool is_quiet = false);

    /// The run ends before a round: the way out does not work, for a lost grant among others.
    void end_without_round(const std::string& via);

private:
    std::vector<TokenState> tokens() const;

    const std::string accounts_state_;
    const std::string state_;
    MetricsFile metrics_;
    const NoticeRules rules_;
    std::unique_ptr<Notices> notices_;  // null: none are wanted
    mail::Files& files_;
    const mail::Clock& clock_;
};

}  // namespace postman
