#include "postoffice/resend_guard.h"

#include "common/spool/record.h"

namespace postoffice
{

std::string digest_of(const mail::Message& message)
{
    const mail::Envelope& envelope = message.envelope;
    std::string all = envelope.smtputf8 ? "u" : "-";
    const auto add = [&all](const std::string& part) {
        all.append(std::to_string(part.size())).append(":").append(part);
    };
    add(envelope.reverse_path);
    for (const std::string& recipient : envelope.recipients) add(recipient);
    const bool is_hashed = !message.sha256.empty();
    return mail::sha256_hex(all + "/" +
                            (is_hashed ? message.sha256 : mail::sha256_hex(message.content)));
}

ResendGuard::Verdict ResendGuard::begin(const std::string& digest, std::uint64_t connection)
{
    forget_old();
    bool is_busy = false;
    const auto [first, last] = by_digest_.equal_range(digest);
    for (auto found = first; found != last; ++found) {
        const Entry& entry = entries_.at(found->second);
        if (entry.connection == connection) continue;
        if (entry.is_stored) return {Verdict::Kind::answer, found->second, entry.id};
        if (clock_.boot() - entry.since > kStoringIsFresh) is_busy = true;
    }
    if (is_busy) return {Verdict::Kind::busy, 0, {}};

    const Ticket ticket = next_++;
    entries_.emplace(ticket, Entry{digest, connection, clock_.boot(), false, {}});
    by_digest_.emplace(digest, ticket);
    return {Verdict::Kind::store, ticket, {}};
}

void ResendGuard::stored(Ticket ticket, const mail::SpoolId& id)
{
    const auto found = entries_.find(ticket);
    if (found == entries_.end()) return;
    found->second.is_stored = true;
    found->second.since = clock_.boot();
    found->second.id = id;
}

void ResendGuard::failed(Ticket ticket)
{
    confirm(ticket);
}

void ResendGuard::confirm(Ticket ticket)
{
    const auto found = entries_.find(ticket);
    if (found != entries_.end()) forget(found);
}

void ResendGuard::forget(Entries::iterator entry)
{
    const auto [first, last] = by_digest_.equal_range(entry->second.digest);
    for (auto found = first; found != last; ++found) {
        if (found->second != entry->first) continue;
        by_digest_.erase(found);
        break;
    }
    entries_.erase(entry);
}

// Entries stand in the order of begin(), so the first one is the oldest but for the time to store.
void ResendGuard::forget_old()
{
    while (!entries_.empty()) {
        const Entry& oldest = entries_.begin()->second;
        const bool is_over = oldest.is_stored && clock_.boot() - oldest.since > kRemembered;
        if (!is_over && entries_.size() < max_entries_) return;
        forget(entries_.begin());
    }
}

}  // namespace postoffice
