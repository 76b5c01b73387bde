#include "common/privacy/excerpts.h"

#include <algorithm>

namespace mail::privacy
{

bool Excerpts::feed(std::string_view text)
{
    if (is_wanted_(text)) {
        if (!is_open_ && !before_.empty() && !out_.feed(before_)) return false;
        before_.clear();
        is_open_ = true;
        quiet_ = 0;
        return out_.feed(text);
    }
    if (is_open_) {
        const auto behind = text.substr(0, kAround - quiet_);
        if (!out_.feed(behind)) return false;
        quiet_ += behind.size();
        if (quiet_ < kAround) return true;
        is_open_ = false;
        text.remove_prefix(behind.size());
        if (!out_.feed("\n")) return false;
    }
    keep(text);
    return true;
}

/// The last kAround octets, from the front of a word on: half a number is another number.
void Excerpts::keep(std::string_view text)
{
    if (text.size() < 2 * kAround) {
        before_.append(text);
    } else {
        before_ = text.substr(text.size() - 2 * kAround);
    }
    if (before_.size() <= 2 * kAround) return;
    const auto cut = before_.size() - 2 * kAround;
    const auto space = before_.find_first_of(" \t\r\n", cut);
    before_.erase(0, space == before_.npos || space > before_.size() - kAround ? cut : space);
}

}  // namespace mail::privacy
