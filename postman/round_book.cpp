#include "postman/round_book.h"

#include "common/log.h"
#include "common/spool/spool_directory.h"
#include "postman/oauth/account_store.h"
#include "postman/round_log.h"

namespace postman
{
namespace
{

/// With a ledger that a power cut empties, what was delivered and not yet confirmed is sent again.
void warn_of_unsafe(const std::string& state)
{
    if (const char* kind = mail::unsafe_kind_at(state))
        mail::log::warning("state-unsafe",
                           {{"state", state}, {"reason", std::string("it lies on ") + kind}});
}

}  // namespace

RoundBook::RoundBook(const PostmanOptions& options, std::string state, mail::Files& files,
                     const mail::Clock& clock)
    : accounts_state_(options.state),
      state_(state),
      metrics_(options.metrics_file, std::move(state), files, clock),
      rules_(notice_rules(options.reports)),
      files_(files),
      clock_(clock)
{
}

mail::Result<mail::Done> RoundBook::open(WayOut& way_out)
{
    warn_of_unsafe(state_);
    if (!rules_.is_wanted()) return mail::Done{};
    notices_ = std::make_unique<Notices>(rules_, state_, way_out.rules, files_, clock_);
    if (auto ok = notices_->prepare(); !ok) return ok;
    way_out.failures = notices_.get();
    return mail::Done{};
}

void RoundBook::end_round(const std::string& endpoint, const Round& round, WayOut& way_out,
                          std::stop_token stop, bool is_quiet)
{
    if (!is_quiet || round.counts.mails > 0) log_round(endpoint, round);
    const auto window = way_out.unconfirmed.summary();
    if (round.counts.mails > 0) tell_widths(window, state_);
    if (notices_ && !way_out.is_broken()) notices_->send(way_out.backend, std::move(stop));
    const bool is_ok = !round.endpoint_failed && !round.has_unreadable && !way_out.is_broken();
    metrics_.end_round(way_out.backend.name(), round, is_ok, window, tokens());
}

void RoundBook::end_without_round(const std::string& via)
{
    metrics_.end_round(via, Round{}, false, {}, tokens());
}

std::vector<TokenState> RoundBook::tokens() const
{
    std::vector<TokenState> list;
    for (const auto& account : oauth::account_statuses(accounts_state_))
        list.push_back({account.user, account.provider, account.expires_at, account.needs_person});
    return list;
}

}  // namespace postman
