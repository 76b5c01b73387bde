#include "postman/metrics/exposition.h"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <utility>

namespace postman
{
namespace
{

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type)
{
    MetricFamily made;
    made.name = std::move(name);
    made.help = std::move(help);
    made.type = type;
    return made;
}

void add(MetricFamily& to, double value, Labels labels = {})
{
    ClientMetric metric;
    metric.label = std::move(labels);
    (to.type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    to.metric.push_back(std::move(metric));
}

double seconds(std::chrono::microseconds width)
{
    return std::chrono::duration<double>(width).count();
}

std::vector<MetricFamily> of_totals(const Totals& totals)
{
    auto recipients = family("postman_recipients_total", "Recipients, by way out and outcome.",
                             MetricType::Counter);
    for (const auto& [via, outcomes] : totals.recipients)
        for (const auto& [outcome, count] : outcomes)
            add(recipients, static_cast<double>(count), {{"via", via}, {"outcome", outcome}});
    auto mails = family("postman_mails_total", "Mails taken in hand.", MetricType::Counter);
    add(mails, static_cast<double>(totals.mails));
    auto rounds = family("postman_rounds_total", "Rounds, by result.", MetricType::Counter);
    add(rounds, static_cast<double>(totals.rounds_ok), {{"result", "ok"}});
    add(rounds, static_cast<double>(totals.rounds_failed), {{"result", "failed"}});
    auto last = family("postman_last_round_timestamp_seconds", "When the last round ended.",
                       MetricType::Gauge);
    add(last, static_cast<double>(totals.last_round));
    auto good = family("postman_last_successful_round_timestamp_seconds",
                       "When the last round ended that reached every source and its way out.",
                       MetricType::Gauge);
    add(good, static_cast<double>(totals.last_successful_round));
    return {recipients, mails, rounds, last, good};
}

std::vector<MetricFamily> of_window(const Widths::Summary& window)
{
    auto count =
        family("postman_unconfirmed_deliveries",
               "Deliveries of this run that the window was measured by.", MetricType::Gauge);
    add(count, static_cast<double>(window.count));
    auto width =
        family("postman_unconfirmed_window_seconds",
               "From the way out's answer until the ledger had it: a crash in it sends twice.",
               MetricType::Gauge);
    add(width, seconds(window.median), {{"quantile", "0.5"}});
    add(width, seconds(window.p99), {{"quantile", "0.99"}});
    add(width, seconds(window.max), {{"quantile", "1"}});
    return {count, width};
}

std::vector<MetricFamily> of_tokens(const std::vector<TokenState>& tokens)
{
    auto expiry =
        family("postman_token_expiry_timestamp_seconds",
               "When the access token in hand ends; 0: there is none.", MetricType::Gauge);
    auto lost =
        family("postman_token_grant_lost",
               "1: the provider said invalid_grant, or the file is unusable: sign in again.",
               MetricType::Gauge);
    for (const TokenState& token : tokens) {
        const Labels labels = {{"account", token.user}, {"provider", token.provider}};
        add(expiry, static_cast<double>(token.expires_at), labels);
        add(lost, token.needs_person ? 1 : 0, labels);
    }
    return {expiry, lost};
}

}  // namespace

std::string metrics_text(const Totals& totals, const Widths::Summary& window,
                         const std::vector<TokenState>& tokens)
{
    std::vector<MetricFamily> families = of_totals(totals);
    for (auto& more : {of_window(window), of_tokens(tokens)})
        for (const MetricFamily& one : more)
            if (!one.metric.empty()) families.push_back(one);
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace postman
