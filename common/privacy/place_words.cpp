#include "common/privacy/place_words.h"

#include "common/privacy/excerpt.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestName = 60;  // of a field or a member

}  // namespace

std::string words_for(const Place& place)
{
    if (place.region == Region::envelope) return "the envelope sender";
    const auto& name = place.member.empty() ? place.header : place.member;
    const auto inner = shown(std::string_view(name).substr(0, kLongestName));
    if (place.part.empty()) return inner.empty() ? "the body" : inner;
    return (inner.empty() ? "" : inner + " of ") + "part " + place.part;
}

}  // namespace mail::privacy
