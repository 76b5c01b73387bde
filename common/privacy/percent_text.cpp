#include "common/privacy/percent_text.h"

#include <algorithm>
#include <utility>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kEscape = 3;  // octets

/// The octet of an escape at the front, or -1.
int escaped_octet(std::string_view text)
{
    if (text.size() < kEscape || text[0] != '%') return -1;
    const int high = hex_value(text[1]);
    const int low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

}  // namespace

bool has_percent_escape(std::string_view text)
{
    for (auto at = text.find('%'); at != text.npos; at = text.find('%', at + 1)) {
        if (escaped_octet(text.substr(at)) >= 0) return true;
    }
    return false;
}

bool may_have_percent_escape(std::string_view piece)
{
    const auto end = piece.substr(piece.size() - std::min(piece.size(), kEscape - 1));
    return end.find('%') != end.npos || has_percent_escape(piece);
}

std::string percent_decoded(std::string_view text)
{
    StringSink octets;
    octets.reserve(text.size());
    PercentDecoder decoder(octets);
    decoder.feed(text);
    decoder.finish();
    return octets.take();
}

bool PercentDecoder::feed(std::string_view text)
{
    std::string joined;
    if (!cut_.empty()) {
        joined.append(std::exchange(cut_, {})).append(text);
        text = joined;
    }
    for (auto escape = text.find('%'); escape != text.npos; escape = text.find('%')) {
        out_.put(text.substr(0, escape));
        text.remove_prefix(escape);
        if (text.size() < kEscape) {
            cut_ = text;
            return out_.is_wanted();
        }
        const int octet = escaped_octet(text);
        out_.put(octet < 0 ? '%' : static_cast<char>(octet));
        text.remove_prefix(octet < 0 ? 1 : kEscape);
    }
    out_.put(text);
    return out_.is_wanted();
}

void PercentDecoder::finish()
{
    out_.put(cut_);
    cut_.clear();
    out_.flush();
    next_.finish();
}

}  // namespace mail::privacy
