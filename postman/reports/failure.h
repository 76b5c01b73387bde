/// What the courier tells about mail that goes no further: one Failure for each outcome `failed` or
/// `held`, told once it is durable in the ledger and before the postmaster hears of it.
#pragma once

#include <string>

#include "common/spool/spool.h"

namespace postman
{

struct FailedMail {
    mail::SpoolId id;
    std::string sender;  // the envelope's; empty: the null sender
    std::string header;  // scrubbed; empty where the mail may not be shown: held by the gate
};

class FailureSink
{
public:
    virtual ~FailureSink() = default;
    /// Called from several threads; the same failure may be told again after a crash.
    /// outcome  failed or held, with its recipients
    /// blocks   for a sync. Its own trouble it tells in the log
    virtual void failed(const FailedMail& mail, const mail::Outcome& outcome) = 0;
};

}  // namespace postman
