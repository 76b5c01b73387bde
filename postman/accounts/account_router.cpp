#include "postman/accounts/account_router.h"

#include <algorithm>
#include <map>

#include "common/log.h"
#include "postman/accounts/sender_rewrite.h"

namespace postman
{
namespace
{

namespace log = mail::log;
using namespace std::chrono_literals;

constexpr std::chrono::seconds kBrokenRest{300};

void add_all(std::vector<Verdict>& verdicts, const std::vector<std::string>& recipients,
             Verdict verdict)
{
    for (const std::string& recipient : recipients) {
        verdict.recipient = recipient;
        verdicts.push_back(verdict);
    }
}

/// Did the account take anything, or may it have?
bool was_used(const std::vector<Verdict>& verdicts)
{
    return std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) {
        return verdict.kind == mail::OutcomeKind::delivered || verdict.may_be_accepted;
    });
}

}  // namespace

AccountRouter::AccountRouter(std::string name, AccountTable table,
                             std::vector<std::unique_ptr<DeliveryBackend>> ways,
                             std::unique_ptr<AccountCounts> counts, const mail::Clock& clock,
                             RouterRules rules)
    : name_(std::move(name)),
      table_(std::move(table)),
      counts_(std::move(counts)),
      clock_(clock),
      rules_(std::move(rules))
{
    for (auto& backend : ways) {
        ways_.push_back(std::make_unique<Way>());
        ways_.back()->backend = std::move(backend);
    }
}

void AccountRouter::tell_broken(std::size_t account, const std::string& reason)
{
    log::error("account-broken", {{"account", account_of(account).name},
                                  {"via", ways_[account]->backend->name()},
                                  {"reason", reason}});
    ways_[account]->rests_until = (clock_.boot() + kBrokenRest).count();
}

std::optional<Broken> AccountRouter::check()
{
    std::optional<Broken> first;
    std::size_t broken = 0;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        auto fault = ways_[i]->backend->check();
        ways_[i]->rests_until = 0;
        if (!fault) continue;
        tell_broken(i, fault->reason);
        ++broken;
        if (!first) first = std::move(fault);
    }
    return broken == ways_.size() ? first : std::nullopt;
}

std::optional<Broken> AccountRouter::rehearse()
{
    std::string reasons;
    for (std::size_t i = 0; i < ways_.size(); ++i) {
        const auto fault = ways_[i]->backend->rehearse();
        if (!fault) continue;
        reasons.append(reasons.empty() ? "" : "; ").append("account " + account_of(i).name + ": ");
        reasons += fault->reason;
    }
    return reasons.empty() ? std::nullopt : std::optional(Broken{reasons});
}

/// After its rest an account is looked at once more, by whoever comes first.
bool AccountRouter::is_mended(std::size_t account)
{
    auto& rests_until = ways_[account]->rests_until;
    auto until = rests_until.load();
    const auto now = clock_.boot().count();
    if (until == 0) return true;
    if (now < until ||
        !rests_until.compare_exchange_strong(until, (clock_.boot() + kBrokenRest).count()))
        return false;
    if (const auto fault = ways_[account]->backend->check()) {
        tell_broken(account, fault->reason);
        return false;
    }
    rests_until = 0;
    return true;
}

/// What keeps this mail from being tried now. Without any, it is counted.
std::optional<Verdict> AccountRouter::obstacle(std::size_t index, const mail::Record& record,
                                               std::uint32_t weight)
{
    const Account& account = account_of(index);
    if (!is_mended(index))
        return Verdict{.reason = "the account " + account.name + " does not work: see the log",
                       .retry_after = kBrokenRest,
                       .is_untried = true};
    const auto wait = counts_->take(account.name, account.limits, weight);
    if (!wait) return std::nullopt;
    if (!wait->trouble.empty()) {
        log::error("account-counts-unread", {{"account", account.name}, {"reason", wait->trouble}});
        return Verdict{.reason = "the account " + account.name +
                                 " has a limit, and what it has sent cannot be read: see the log",
                       .retry_after = wait->time,
                       .is_untried = true};
    }
    log::info(
        "account-limit",
        {{"id", record.id.hex()}, {"account", account.name}, {"retry_after", wait->time.count()}});
    return Verdict{.reason = "the account " + account.name + " has met its limit",
                   .retry_after = wait->time,
                   .is_untried = true};
}

void AccountRouter::deliver_by(std::size_t index, const mail::Record& record,
                               const Recipients& recipients, Deadline deadline,
                               std::vector<Verdict>& verdicts)
{
    if (std::chrono::steady_clock::now() >= deadline)
        return add_all(verdicts, recipients,
                       {.reason = "the mail's other accounts took all the time that it has",
                        .is_untried = true});
    const Account& account = account_of(index);
    const auto weight = static_cast<std::uint32_t>(
        account.limits.counts_recipients ? recipients.size() : std::size_t{1});
    if (auto verdict = obstacle(index, record, weight))
        return add_all(verdicts, recipients, std::move(*verdict));

    auto answer = ways_[index]->backend->deliver_until(record, recipients, deadline);
    const auto* broken = std::get_if<Broken>(&answer);
    const bool is_counted = !account.limits.is_empty();
    if (is_counted && (broken != nullptr || !was_used(std::get<std::vector<Verdict>>(answer))))
        counts_->give_back(account.name, weight);
    if (broken != nullptr) {
        tell_broken(index, broken->reason);
        return add_all(
            verdicts, recipients,
            {.reason = "the account " + account.name + " does not work: " + broken->reason,
             .retry_after = kBrokenRest,
             .is_untried = true});
    }
    log::info("account", {{"id", record.id.hex()},
                          {"account", account.name},
                          {"via", ways_[index]->backend->name()},
                          {"recipients", recipients.size()}});
    for (Verdict& verdict : std::get<std::vector<Verdict>>(answer))
        verdicts.push_back(std::move(verdict));
}

std::variant<std::vector<Verdict>, Broken> AccountRouter::deliver(
    const mail::Record& record, const std::vector<std::string>& recipients)
{
    const auto deadline = std::chrono::steady_clock::now() + rules_.timeout;
    auto generic = with_generic_senders(record, table_.generics());
    if (!generic) return deliver_all(record, recipients, deadline);
    // The table may say what nobody may see: what leaves is looked at, not what it was.
    const std::string shown = rules_.look ? rules_.look(*generic) : "";
    if (shown.empty()) return deliver_all(*generic, recipients, deadline);
    std::vector<Verdict> held;
    add_all(held, recipients,
            {.kind = mail::OutcomeKind::held, .reason = "after the genericstable " + shown});
    return held;
}

std::string AccountRouter::name_for(const mail::Record& record, const std::string& recipient) const
{
    const auto generic = with_generic_senders(record, table_.generics());
    const auto& sender = (generic ? *generic : record).envelope.reverse_path;
    const auto account = table_.find(sender, recipient);
    if (!account) return "no account: it would be held";
    return "account " + account_of(*account).name + ", " + ways_[*account]->backend->name();
}

/// By the account of each recipient.
std::vector<Verdict> AccountRouter::deliver_all(const mail::Record& mail,
                                                const Recipients& recipients, Deadline deadline)
{
    std::map<std::size_t, Recipients> shares;
    std::vector<Verdict> verdicts;
    for (const std::string& recipient : recipients) {
        const auto account = table_.find(mail.envelope.reverse_path, recipient);
        if (account)
            shares[*account].push_back(recipient);
        else
            add_all(verdicts, {recipient},
                    {.kind = mail::OutcomeKind::held,
                     .reason = "no account serves this sender, and there is no default"});
    }
    for (const auto& [account, share] : shares)
        deliver_by(account, mail, share, deadline, verdicts);
    return verdicts;
}

}  // namespace postman
