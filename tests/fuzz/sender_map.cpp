/// Any bytes as the body of an address field, under a map: nothing but addresses changes. (A second
/// pass may find more in a field that is none: what an address is there is a matter of taste.)
#include "common/privacy/sender_map.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/mailbox_reader.h"

using namespace mail::privacy;

namespace
{

void demand(bool holds, const char* what)
{
    if (holds) return;
    std::fprintf(stderr, "broken promise: %s\n", what);
    std::abort();
}

SenderMap rules()
{
    SenderMap map;
    for (const auto* rule : {"a@b=app@example.org", "@c=@example.org", "@d=app@example.org",
                             "@.e=@example.org", "r=root@example.org"}) {
        demand(map.add(rule).has_value(), "the rules are sound");
    }
    map.set_default_domain("example.net");
    return map;
}

/// What stands between the addresses, in order. The pieces of the addresses do not overlap.
std::vector<std::string_view> gaps_of(std::string_view body)
{
    std::vector<std::string_view> gaps;
    std::size_t read = 0;
    const auto pass = [&](const auto& pieces) {
        for (const auto piece : pieces) {
            const auto begin = static_cast<std::size_t>(piece.data() - body.data());
            demand(begin >= read && begin + piece.size() <= body.size(), "pieces are in order");
            gaps.push_back(body.substr(read, begin - read));
            read = begin + piece.size();
        }
    };
    for (const auto& address : read_mailboxes(body)) {
        pass(address.local);
        pass(address.domain);
    }
    gaps.push_back(body.substr(read));
    return gaps;
}

/// Whatever the addresses became, what stood between them is there, in order.
void check_gaps(const std::vector<std::string_view>& gaps, std::string_view rewritten)
{
    demand(rewritten.starts_with(gaps.front()) && rewritten.ends_with(gaps.back()),
           "the ends stay");
    std::size_t at = 0;
    for (const auto gap : gaps) {
        const auto found = rewritten.find(gap, at);
        demand(found != rewritten.npos, "only addresses change");
        at = found + gap.size();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const auto map = rules();
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto gaps = gaps_of(body);
    if (const auto once = map.rewritten(body)) check_gaps(gaps, *once);
    SenderMap other;
    (void)other.add(body);
    (void)other.rewritten(body);
    return 0;
}
