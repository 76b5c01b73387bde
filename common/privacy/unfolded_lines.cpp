#include "common/privacy/unfolded_lines.h"

#include <algorithm>
#include <array>

#include "common/privacy/ascii.h"

namespace mail::privacy
{

bool has_folded_lines(std::string_view type, std::string_view front)
{
    constexpr std::array<std::string_view, 6> kTypes = {"text/calendar",  "text/vcard",
                                                        "text/x-vcard",   "text/x-vcalendar",
                                                        "text/directory", "text/ldif"};
    if (std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end()) return true;
    const auto begin = front.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (begin == front.npos) return false;
    const auto first = lowered(front.substr(begin, 18));
    return first.starts_with("begin:v") || first.starts_with("dn: ") ||
           first.starts_with("manifest-version: ");
}

bool UnfoldedLines::feed(std::string_view text)
{
    for (const char c : text) take(c);
    return out_.is_wanted();
}

void UnfoldedLines::take(char octet)
{
    if (has_feed_ && is_blank(octet)) {
        has_return_ = has_feed_ = false;
        return;
    }
    if (has_return_ && !has_feed_ && octet == '\n') {
        has_feed_ = true;
        return;
    }
    if (has_return_) out_.put('\r');
    if (has_feed_) out_.put('\n');
    has_return_ = octet == '\r';
    has_feed_ = octet == '\n';
    if (!has_return_ && !has_feed_) out_.put(octet);
}

void UnfoldedLines::finish()
{
    if (has_return_) out_.put('\r');
    if (has_feed_) out_.put('\n');
    has_return_ = has_feed_ = false;
    out_.flush();
    next_.finish();
}

}  // namespace mail::privacy
