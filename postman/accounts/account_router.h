/// The way out that chooses another one: each mail goes by the account that serves its sender, and
/// the mail of the null sender by those that serve its recipients' domains.
///
/// An account that has met its limit, or that is broken, defers its own mail and nobody else's;
/// that is no attempt. Mail that no account serves is held.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "common/clock.h"
#include "postman/accounts/account_counts.h"
#include "postman/accounts/account_table.h"
#include "postman/delivery_backend.h"

namespace postman
{

/// Looks once more at a mail that is about to leave; returns why it may not, or nothing.
using SecondLook = std::function<std::string(mail::Record& record)>;

struct RouterRules {
    std::chrono::seconds timeout{400};  // for one mail, over all accounts that carry it
    SecondLook look = nullptr;          // at what the genericstable wrote, after others had looked
};

class AccountRouter final : public DeliveryBackend
{
public:
    /// name  for logs: "accounts:/etc/postoffice/accounts.conf"
    /// ways  one for each entry of the table, in its order
    AccountRouter(std::string name, AccountTable table,
                  std::vector<std::unique_ptr<DeliveryBackend>> ways,
                  std::unique_ptr<AccountCounts> counts, const mail::Clock& clock,
                  RouterRules rules = {});

    std::string name() const override { return name_; }
    std::string name_for(const mail::Record& record, const std::string& recipient) const override;
    /// Broken only if every account is; each one that is broken is told in the log.
    std::optional<Broken> check() override;
    /// Broken if any account is, with all of them.
    std::optional<Broken> rehearse() override;
    std::variant<std::vector<Verdict>, Broken> deliver(
        const mail::Record& record, const std::vector<std::string>& recipients) override;

private:
    struct Way {
        std::unique_ptr<DeliveryBackend> backend;
        std::atomic<mail::BootTime::rep> rests_until{0};  // boot clock; after it was found broken
    };
    using Recipients = std::vector<std::string>;

    std::vector<Verdict> deliver_all(const mail::Record& record, const Recipients& recipients,
                                     Deadline deadline);
    void deliver_by(std::size_t account, const mail::Record& record, const Recipients& recipients,
                    Deadline deadline, std::vector<Verdict>& verdicts);
    std::optional<Verdict> obstacle(std::size_t account, const mail::Record& record,
                                    std::uint32_t weight);
    bool is_mended(std::size_t account);
    void tell_broken(std::size_t account, const std::string& reason);
    const Account& account_of(std::size_t index) const { return table_.entries()[index].account; }

    const std::string name_;
    const AccountTable table_;
    std::vector<std::unique_ptr<Way>> ways_;
    const std::unique_ptr<AccountCounts> counts_;
    const mail::Clock& clock_;
    const RouterRules rules_;
};

}  // namespace postman
