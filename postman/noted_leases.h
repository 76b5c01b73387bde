/// A postmaster whose leases are noted on the courier's own disk: what a run that died had leased
/// is given back at the next one's start, not after its time. One run works with a --state at a
/// time, so nobody else has that lease.
#pragma once

#include <string>

#include "common/spool/files.h"
#include "postman/postmaster.h"

namespace postman
{

class NotedLeases final : public Postmaster
{
public:
    /// note  a file for the token of the lease at work. All must outlive it.
    NotedLeases(Postmaster& postmaster, std::string note, mail::Files& files)
        : postmaster_(postmaster), note_(std::move(note)), files_(files)
    {
    }

    std::string name() const override { return postmaster_.name(); }
    mail::Result<Batch> lease(std::size_t most, std::chrono::seconds wait,
                              std::stop_token stop) override;
    mail::Result<mail::Settlement> report(const std::string& lease,
                                          const std::vector<mail::Outcome>& outcomes) override
    {
        return postmaster_.report(lease, outcomes);
    }
    mail::Result<std::chrono::seconds> renew(const std::string& lease) override
    {
        return postmaster_.renew(lease);
    }
    mail::Result<mail::Done> release(const std::string& lease) override;

private:
    void give_back_old();
    void take_note(const std::string& lease);
    void drop_note();

    Postmaster& postmaster_;
    const std::string note_;
    mail::Files& files_;
    bool is_looked_for_ = false;  // the old lease is
};

}  // namespace postman
