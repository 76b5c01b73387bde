/// A postmaster without a wire: lends from a spool on the courier's own disk. What the original's
/// PostMaster handed out is worked off from there, with retries and dead letters like everything
/// else.
#pragma once

#include <string>

#include "postman/postmaster.h"

namespace postman
{

class LocalPostmaster final : public Postmaster
{
public:
    LocalPostmaster(std::string name, mail::HandOut& hand_out)
        : name_(std::move(name)), hand_out_(hand_out)
    {
    }

    std::string name() const override { return name_; }
    mail::Result<Batch> lease(std::size_t most, std::chrono::seconds wait,
                              std::stop_token stop) override;
    mail::Result<mail::Settlement> report(const std::string& lease,
                                          const std::vector<mail::Outcome>& outcomes) override;
    mail::Result<std::chrono::seconds> renew(const std::string& lease) override;
    mail::Result<mail::Done> release(const std::string& lease) override;

private:
    struct Found {
        mail::Loan loan;
        std::size_t bytes = 0;
    };
    /// Sets aside what cannot be read; nothing when the mail is not to be lent now.
    std::optional<Found> find(const mail::Pick& pick);

    const std::string name_;
    mail::HandOut& hand_out_;
};

}  // namespace postman
