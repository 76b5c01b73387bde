#include "common/log_limit.h"

namespace mail::log
{

/// A window that is over and has left something out stays for take_left_out(): it is told before
/// it begins anew.
bool EventLimit::allows(std::string_view event, std::string_view peer, BootTime now)
{
    auto found = windows_.find(event);
    if (found == windows_.end()) {
        found = windows_.emplace(std::string(event), Window{}).first;
        found->second.begin = now;
    }
    Window& window = found->second;
    if (now - window.begin >= kWindow && window.left_out == 0) {
        window = Window{};
        window.begin = now;
    }
    const auto of_peer = window.written_of_peer.find(peer);
    const std::size_t written = of_peer == window.written_of_peer.end() ? 0 : of_peer->second;
    if (window.written >= kLinesOfEvent || written >= kLinesOfPeer) {
        ++window.left_out;
        return false;
    }
    ++window.written;
    if (of_peer == window.written_of_peer.end())
        window.written_of_peer.emplace(std::string(peer), 1);
    else
        ++of_peer->second;
    return true;
}

std::vector<EventLimit::LeftOut> EventLimit::take_left_out(BootTime now, bool all)
{
    std::vector<LeftOut> list;
    for (auto at = windows_.begin(); at != windows_.end();) {
        const bool is_over = all || now - at->second.begin >= kWindow;
        if (is_over && at->second.left_out > 0) list.push_back({at->first, at->second.left_out});
        at = is_over ? windows_.erase(at) : std::next(at);
    }
    return list;
}

}  // namespace mail::log
