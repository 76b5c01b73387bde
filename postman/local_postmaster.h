/// A postmaster without a wire: lends from a spool on the courier's own disk. What the original's
/// PostMaster handed out is worked off from there, with retries and dead letters like everything
/// else.
#pragma once

#include <string>

#include "common/spool/files.h"
#include "postman/postmaster.h"

namespace postman
{

class LocalPostmaster final : public Postmaster
{
public:
    /// note  a file that keeps the lease's token: nobody else lends from this spool, so what a run
    ///       that died had leased is given back at once, not after its time
    LocalPostmaster(std::string name, mail::HandOut& hand_out, std::string note,
                    mail::Files& files);

    std::string name() const override { return name_; }
    mail::Result<Batch> lease(std::size_t most, std::chrono::seconds wait,
                              std::stop_token stop) override;
    mail::Result<mail::Settlement> report(const std::string& lease,
                                          const std::vector<mail::Outcome>& outcomes) override;
    mail::Result<std::chrono::seconds> renew(const std::string& lease) override;
    mail::Result<mail::Done> release(const std::string& lease) override;

private:
    /// Sets aside what cannot be read; nothing when the mail is not to be lent now.
    std::optional<mail::Loan> loan_of(const mail::Pick& pick);

    void release_old();
    void take_note(const std::string& lease);

    const std::string name_;
    mail::HandOut& hand_out_;
    const std::string note_;
    mail::Files& files_;
};

}  // namespace postman
