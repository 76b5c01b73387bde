/// Any values, any text, any cuts: hits lie in the text and are the same in any cutting, and where
/// a value stands as it is written, a slow search finds it in the same places.
///
/// Input: one value a line, an empty line, then the text; its first octet says how it is cut.
#include "common/privacy/origin_search.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "common/privacy/ascii.h"
#include "common/privacy/word_borders.h"

using namespace mail::privacy;

namespace
{

using Kind = OriginValue::Kind;
constexpr std::size_t kMostValues = 40;
constexpr std::size_t kLongEnough = 6;  // shorter words have rules of their own

std::vector<std::string_view> lines_before_empty(std::string_view& rest)
{
    std::vector<std::string_view> lines;
    while (!rest.empty()) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (line.empty()) break;
        lines.push_back(line);
    }
    return lines;
}

bool is_same(const std::vector<OriginHit>& a, const std::vector<OriginHit>& b)
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return std::tie(x.value, x.form, x.begin, x.end) ==
               std::tie(y.value, y.form, y.begin, y.end);
    });
}

std::vector<OriginHit> scanned_in_pieces(const OriginSearch& search, std::string_view text,
                                         Region region, unsigned cutting)
{
    std::vector<OriginHit> hits;
    OriginScan scan(search);
    scan.begin(Region::attachment);  // another stream before must not matter
    scan.feed(text.substr(0, cutting), hits);
    hits.clear();
    scan.begin(region);
    for (std::size_t at = 0, size = 1; at < text.size(); at += size) {
        size = 1 + (at * 31 + cutting) % (1 + cutting * 8);
        scan.feed(text.substr(at, size), hits);
    }
    scan.end(hits);
    return hits;
}

bool is_plain_word(const OriginValue& value)
{
    const bool is_ascii =
        std::all_of(value.value.begin(), value.value.end(), [](char c) { return (c & 0x80) == 0; });
    return is_ascii && value.value.size() >= kLongEnough && value.kind != Kind::address &&
           value.kind != Kind::network;
}

/// The places of the first hits have to be these.
void compare_word(const std::vector<OriginHit>& hits, std::size_t index, std::string_view needle,
                  std::string_view folded)
{
    std::vector<std::uint64_t> slow;
    for (auto at = folded.find(needle); at != folded.npos; at = folded.find(needle, at + 1)) {
        if (is_between_borders(folded, at, at + needle.size())) slow.push_back(at);
    }
    std::vector<std::uint64_t> fast;
    for (const auto& hit : hits) {
        if (hit.value == index && hit.form == Form::plain) fast.push_back(hit.begin);
    }
    if (fast.empty() != slow.empty() || fast.size() > slow.size()) std::abort();
    if (!std::equal(fast.begin(), fast.end(), slow.begin())) std::abort();
}

/// Between blanks, an address as it is written is one.
void compare_address(const std::vector<OriginHit>& hits, std::size_t index, std::string_view needle,
                     std::string_view folded)
{
    const auto wanted = " " + std::string(needle) + " ";
    if (folded.find(wanted) == folded.npos) return;
    if (std::none_of(hits.begin(), hits.end(), [&](const auto& hit) {
            return hit.value == index && hit.form == Form::plain;
        })) {
        std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view text(reinterpret_cast<const char*>(data), size);
    OriginValues values;
    for (const auto line : lines_before_empty(text)) {
        if (const auto value = parse_origin_value(line); value && values.all().size() < kMostValues)
            values.add(*value);
    }
    const unsigned cutting = text.empty() ? 0 : static_cast<unsigned char>(text.front());
    const auto region = static_cast<Region>(cutting % 4);

    const OriginSearch search(values);
    const auto hits = search.find(text, region);
    for (const auto& hit : hits) {
        if (hit.value >= values.all().size() || hit.begin >= hit.end || hit.end > text.size()) {
            std::abort();
        }
    }
    if (!is_same(hits, scanned_in_pieces(search, text, region, cutting))) std::abort();

    const auto folded = lowered(text);
    for (std::size_t i = 0; i < values.all().size(); ++i) {
        const auto& value = values.all()[i];
        if (is_plain_word(value)) compare_word(hits, i, lowered(value.value), folded);
        if (value.kind == Kind::address) compare_address(hits, i, value.value, folded);
        for (const auto& form : search.forms_of(i)) {
            if (form.text.empty()) std::abort();
        }
    }
    return 0;
}
