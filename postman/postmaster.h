/// The postmaster as the courier sees it: it lends mail, and it takes the courier's word.
/// PostmasterClient speaks HTTP to a real one; LocalPostmaster lends from the courier's own disk.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "common/result.h"
#include "common/spool/record.h"
#include "common/spool/spool.h"

namespace postman
{

/// One mail of a batch, not yet decoded: a batch of large mails is decoded one mail at a time.
struct HandedMail {
    mail::SpoolId id;
    std::size_t bytes = 0;  // of its JSON, or of its content
    /// corrupt: the record is not sound; report the mail as held.
    std::function<mail::Result<mail::Record>()> read;
};

struct Batch {
    std::string lease;
    std::chrono::seconds seconds{};
    std::vector<HandedMail> mails;  // empty: nothing waits
    std::size_t without_id = 0;     // records that nothing can be said about
};

class Postmaster
{
public:
    virtual ~Postmaster() = default;
    /// For logs: the address without secrets.
    virtual std::string name() const = 0;
    /// The oldest mails, at most `most`. Waits up to `wait` for the first; a stop ends the wait.
    /// errors  temporary: nobody answers, or not what was asked; nothing is lent
    [[nodiscard]] virtual mail::Result<Batch> lease(std::size_t most, std::chrono::seconds wait,
                                                    std::stop_token stop) = 0;
    /// The courier's word. Repeating it is harmless.
    [[nodiscard]] virtual mail::Result<mail::Settlement> report(
        const std::string& lease, const std::vector<mail::Outcome>& outcomes) = 0;
    /// returns  for how long, counted from the call
    /// errors   missing: the lease has ended
    [[nodiscard]] virtual mail::Result<std::chrono::seconds> renew(const std::string& lease) = 0;
    /// What was not reported waits again at once.
    [[nodiscard]] virtual mail::Result<mail::Done> release(const std::string& lease) = 0;
};

}  // namespace postman
