#include "postman/metrics/exposition.h"

#include <utility>

#include "common/metrics/exposition.h"

namespace postman
{
namespace
{

using mail::metrics::counter;
using mail::metrics::Family;
using mail::metrics::gauge;
using mail::metrics::Labels;

double seconds(std::chrono::microseconds width)
{
    return std::chrono::duration<double>(width).count();
}

std::vector<Family> of_totals(const Totals& totals)
{
    auto recipients = counter("postman_recipients_total", "Recipients, by way out and outcome.");
    for (const auto& [via, outcomes] : totals.recipients)
        for (const auto& [outcome, count] : outcomes)
            recipients.add(count, {{"via", via}, {"outcome", outcome}});
    auto mails = counter("postman_mails_total", "Mails taken in hand.");
    mails.add(totals.mails);
    auto rounds = counter("postman_rounds_total", "Rounds, by result.");
    rounds.add(totals.rounds_ok, {{"result", "ok"}});
    rounds.add(totals.rounds_failed, {{"result", "failed"}});
    auto last = gauge("postman_last_round_timestamp_seconds", "When the last round ended.");
    last.add(totals.last_round);
    auto good = gauge("postman_last_successful_round_timestamp_seconds",
                      "When the last round ended that reached every source and its way out.");
    good.add(totals.last_successful_round);
    return {recipients, mails, rounds, last, good};
}

std::vector<Family> of_window(const Widths::Summary& window)
{
    auto count = gauge("postman_unconfirmed_deliveries",
                       "Deliveries of this run that the window was measured by.");
    count.add(window.count);
    auto width =
        gauge("postman_unconfirmed_window_seconds",
              "From the way out's answer until the ledger had it: a crash in it sends twice.");
    width.add(seconds(window.median), {{"quantile", "0.5"}});
    width.add(seconds(window.p99), {{"quantile", "0.99"}});
    width.add(seconds(window.max), {{"quantile", "1"}});
    return {count, width};
}

std::vector<Family> of_tokens(const std::vector<TokenState>& tokens)
{
    auto expiry = gauge("postman_token_expiry_timestamp_seconds",
                        "When the access token in hand ends; 0: there is none.");
    auto lost =
        gauge("postman_token_grant_lost",
              "1: the provider said invalid_grant, or the file is unusable: sign in again.");
    for (const TokenState& token : tokens) {
        const Labels labels = {{"account", token.user}, {"provider", token.provider}};
        expiry.add(token.expires_at, labels);
        lost.add(token.needs_person ? 1 : 0, labels);
    }
    return {expiry, lost};
}

}  // namespace

std::string metrics_text(const Totals& totals, const Widths::Summary& window,
                         const std::vector<TokenState>& tokens)
{
    std::vector<Family> families = of_totals(totals);
    for (const auto& more : {of_window(window), of_tokens(tokens)})
        families.insert(families.end(), more.begin(), more.end());
    return mail::metrics::exposition(families);
}

}  // namespace postman
