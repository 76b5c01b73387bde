#include "common/privacy/address_reader.h"

#include <bit>

#include "common/privacy/address_notations.h"
#include "common/privacy/octet_masks.h"

namespace mail::privacy
{
namespace
{

/// One bit for each octet of a block.
struct Marks {
    std::uint64_t digits = 0;
    std::uint64_t hexadecimal = 0;
    std::uint64_t dots = 0;
    std::uint64_t hyphens = 0;
    std::uint64_t colons = 0;
};

Marks marks_of(const char* block)
{
    Marks marks;
    for (std::size_t at = 0; at < kMarkBlock; at += kOctets) {
        const auto octets = load_octets(block + at);
        const Octets digits = octets_between(octets, '0', '9');
        const Octets letters = octets_between(octets | 0x20, 'a', 'f');
        marks.digits |= bits_of(digits) << at;
        marks.hexadecimal |= bits_of(digits | letters) << at;
        marks.dots |= bits_of((Octets)(octets == '.')) << at;
        marks.hyphens |= bits_of((Octets)(octets == '-')) << at;
        marks.colons |= bits_of((Octets)(octets == ':')) << at;
    }
    return marks;
}

constexpr std::uint64_t shifted_up(std::uint64_t bits, std::uint64_t before)
{
    return bits << 1 | before >> 63;
}
constexpr std::uint64_t shifted_down(std::uint64_t bits, std::uint64_t after)
{
    return bits >> 1 | after << 63;
}
/// The bits with such a neighbour on both sides.
constexpr std::uint64_t between(std::uint64_t bits, std::uint64_t before, std::uint64_t here,
                                std::uint64_t after)
{
    return bits & shifted_up(here, before) & shifted_down(here, after);
}

/// Where runs of seven bits or more begin: 0x1000000 is 1.0.0.0.
std::uint64_t run_begins(std::uint64_t before, std::uint64_t here, std::uint64_t after)
{
    auto low = here & ~shifted_up(here, before);
    if (low == 0) return 0;
    auto bits = here & shifted_down(here, after);  // runs of 2
    const auto next = after & after >> 1;          // its upper bits do not matter
    bits &= bits >> 2 | next << 62;                // of 4
    const auto next_four = next & next >> 2;
    return low & bits & (bits >> 3 | next_four << 61);
}

}  // namespace

void AddressReader::read(std::string_view text, std::uint64_t origin, std::size_t from,
                         std::size_t to, std::vector<AddressReading>& readings)
{
    const auto each = [&](std::uint64_t bits, std::size_t block, std::uint64_t& done,
                          auto notation) {
        for (; bits != 0; bits &= bits - 1) {
            const auto mark = block + static_cast<std::size_t>(std::countr_zero(bits));
            if (mark >= to || origin + mark < done) continue;
            done = origin + notation(text, mark, readings);
        }
    };
    Marks before = from >= kMarkBlock ? marks_of(text.data() + from - kMarkBlock) : Marks();
    if (from < kMarkBlock && from > 0) {  // the octet before is all that counts
        Marks whole = marks_of(text.data());
        const auto up = 64 - from;
        before = {whole.digits << up, whole.hexadecimal << up, 0, 0, whole.colons << up};
    }
    Marks here = marks_of(text.data() + from);
    for (auto block = from; block < to; block += kMarkBlock) {
        const Marks after =
            block + kMarkBlock < text.size() ? marks_of(text.data() + block + kMarkBlock) : Marks();
        each(between(here.dots, before.hexadecimal, here.hexadecimal, after.hexadecimal), block,
             dots_done_, read_labels);
        each(between(here.hyphens, before.digits, here.digits, after.digits), block, dashes_done_,
             read_labels);
        each(between(here.colons, before.hexadecimal | before.colons,
                     here.hexadecimal | here.colons, after.hexadecimal | after.colons),
             block, colons_done_, read_groups);
        for (auto bits = run_begins(before.hexadecimal, here.hexadecimal, after.hexadecimal);
             bits != 0; bits &= bits - 1) {
            const auto mark = block + static_cast<std::size_t>(std::countr_zero(bits));
            if (mark < to) read_whole_number(text, mark, readings);
        }
        before = here;
        here = after;
    }
}

}  // namespace mail::privacy
