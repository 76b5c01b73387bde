/// Remembers mails whose 250 may not have reached the client (RFC 1047): when the same envelope and
/// bytes come again within 15 minutes, the answer is 250 with the first id, and no second copy is
/// made.
///
/// Only a command that arrives after the 250 was written confirms it; a close, or a QUIT that was
/// pipelined, does not. Equal mails after a confirmed 250 are two mails. So are equal mails of one
/// connection: a client that lost its 250 has lost its connection.
///
/// Pure bookkeeping, not thread-safe. In memory only: a restart of postoffice forgets it, and a
/// resend after that is stored again.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>

#include "common/clock.h"
#include "common/envelope.h"
#include "common/spool/spool_id.h"

namespace postoffice
{

/// SHA-256 over sender, recipients in order, SMTPUTF8 and content; 64 hex digits.
[[nodiscard]] std::string digest_of(const mail::Message& message);

class ResendGuard
{
public:
    static constexpr std::chrono::minutes kRemembered{15};
    static constexpr std::chrono::seconds kStoringIsFresh{5};
    static constexpr std::size_t kMaxEntries = 65'536;  // about 25 MiB when full

    using Ticket = std::uint64_t;

    struct Verdict {
        enum class Kind {
            store,   // as a mail of its own; then say stored() or failed()
            answer,  // 250 with `id`; it is the first one's resend
            busy,    // 451: the first one has been storing for over kStoringIsFresh
        };
        Kind kind = Kind::store;
        Ticket ticket = 0;  // store, answer: for confirm()
        mail::SpoolId id;   // answer
    };

    explicit ResendGuard(const mail::Clock& clock, std::size_t max_entries = kMaxEntries)
        : clock_(clock), max_entries_(max_entries)
    {
    }

    /// A mail is complete. connection  tells connections of this process apart
    Verdict begin(const std::string& digest, std::uint64_t connection);
    void stored(Ticket ticket, const mail::SpoolId& id);
    void failed(Ticket ticket);
    /// The client has heard the 250. Harmless for tickets that are gone.
    void confirm(Ticket ticket);

    std::size_t size() const { return entries_.size(); }

private:
    struct Entry {
        std::string digest;
        std::uint64_t connection = 0;
        mail::BootTime since{};  // begin, then stored
        bool is_stored = false;
        mail::SpoolId id;
    };
    using Entries = std::map<Ticket, Entry>;  // oldest first

    void forget(Entries::iterator entry);
    void forget_old();

    const mail::Clock& clock_;
    std::size_t max_entries_;
    Entries entries_;
    std::unordered_multimap<std::string, Ticket> by_digest_;
    Ticket next_ = 1;
};

}  // namespace postoffice
