/// Who holds how many content bytes in memory, over all connections, and who waits for more. Pure
/// accounting; the waiting is the shell's. Not thread-safe.
///
/// Mails under way are served first, the oldest first, so that the oldest can always end. Where all
/// that hold memory wait for more, the youngest of them is refused: its content goes, its client
/// comes again, and the others end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace postoffice
{

class MemoryBudget
{
public:
    using Claim = std::uint64_t;
    enum class Answer { granted, wait, refused };
    struct Decision {
        Claim claim = 0;
        bool is_granted = false;
    };

    explicit MemoryBudget(std::size_t total_bytes) : total_(total_bytes) {}

    /// A mail begins. It holds nothing yet.
    Claim open();
    /// Asks that the claim may hold `bytes` in all. wait: a Decision will follow.
    /// refused: it could never be, not even alone.
    Answer grow(Claim claim, std::size_t bytes);
    /// The mail is stored, or its content dropped: all that the claim held is free, and it waits no
    /// more. Harmless for claims that are gone.
    void close(Claim claim);
    /// Who waits no longer since the last call. A refused claim keeps what it holds until close().
    std::vector<Decision> take_decisions();

    std::size_t held_bytes() const { return held_; }
    std::size_t waiting() const { return waiting_; }

private:
    struct Holder {
        std::size_t held = 0;
        std::size_t wanted = 0;  // in all; over `held` while it waits
        bool is_refused = false;
        bool waits() const { return wanted > held && !is_refused; }
    };

    void decide();
    bool grant_waiting(bool under_way);
    void grant(Holder& holder);

    std::size_t total_;
    std::size_t held_ = 0;
    std::size_t waiting_ = 0;
    Claim next_ = 1;
    std::map<Claim, Holder> holders_;  // oldest first
    std::vector<Decision> decisions_;
};

}  // namespace postoffice
