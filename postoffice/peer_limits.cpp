#include "postoffice/peer_limits.h"

namespace postoffice
{

PeerLimits::Verdict PeerLimits::admit(const std::string& peer, mail::BootTime now)
{
    if (limits_.at_once == 0 && limits_.per_minute == 0) return Verdict::uncounted;
    Known* const known = find_or_make(peer, now);
    if (known == nullptr) return Verdict::uncounted;
    if (now >= known->window_begin + kWindow) {
        known->window_begin = now;
        known->in_window = 0;
    }
    ++known->in_window;
    if (limits_.per_minute != 0 && known->in_window > limits_.per_minute) return Verdict::too_often;
    if (limits_.at_once != 0 && known->open >= limits_.at_once) return Verdict::too_many;
    ++known->open;
    return Verdict::welcome;
}

void PeerLimits::leave(const std::string& peer)
{
    const auto found = peers_.find(peer);
    if (found != peers_.end() && found->second.open > 0) --found->second.open;
}

/// Nothing where there is no room for another one.
PeerLimits::Known* PeerLimits::find_or_make(const std::string& peer, mail::BootTime now)
{
    const auto found = peers_.find(peer);
    if (found != peers_.end()) return &found->second;
    if (peers_.size() >= kMostPeers) forget_idle(now);
    if (peers_.size() >= kMostPeers) return nullptr;
    Known& made = peers_[peer];
    made.window_begin = now;
    return &made;
}

// Once a second at most: under a flood of new peers a look at all of them is not free.
void PeerLimits::forget_idle(mail::BootTime now)
{
    if (now < next_sweep_) return;
    next_sweep_ = now + std::chrono::seconds(1);
    std::erase_if(peers_, [now](const auto& entry) {
        return entry.second.open == 0 && now >= entry.second.window_begin + kWindow;
    });
}

}  // namespace postoffice
