#include "common/privacy/literal_index.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <tuple>

#include "common/privacy/ascii.h"
#include "common/privacy/base64_alignments.h"
#include "common/privacy/octet_masks.h"
#include "common/privacy/word_borders.h"

namespace mail::privacy
{
namespace
{

using Alphabet = LiteralIndex::Alphabet;
using Fold = std::array<unsigned char, 256>;

constexpr std::size_t kGram = 4;

template <class Map>
constexpr Fold table_of(Map map)
{
    Fold table{};
    for (unsigned i = 0; i < 256; ++i) {
        table[i] = static_cast<unsigned char>(map(static_cast<char>(i)));
    }
    return table;
}
constexpr Fold kLower = table_of(lower);
constexpr Fold kFirstAlphabet = table_of(in_first_alphabet);
/// What the filter reads: letters in lower case, digits, and one blank for all else.
constexpr Fold kFiltered = table_of([](char c) { return is_alphanumeric(c) ? lower(c) : ' '; });

const Fold& fold_of(Alphabet alphabet)
{
    return alphabet == Alphabet::words ? kLower : kFirstAlphabet;
}

/// How far the literal's text is that of `text`, folded, at `begin`.
std::size_t common_size(std::string_view literal, std::string_view text, std::size_t begin,
                        const Fold& fold)
{
    const auto most = std::min(literal.size(), text.size() - begin);
    std::size_t size = 0;
    while (size < most && static_cast<unsigned char>(literal[size]) ==
                              fold[static_cast<unsigned char>(text[begin + size])]) {
        ++size;
    }
    return size;
}

std::uint32_t gram_of(const char* folded)
{
    std::uint32_t gram;
    std::memcpy(&gram, folded, sizeof gram);
    return gram;
}

std::uint32_t filtered_gram(const char* text)
{
    char folded[kGram];
    for (std::size_t i = 0; i < kGram; ++i) {
        folded[i] = static_cast<char>(kFiltered[static_cast<unsigned char>(text[i])]);
    }
    return gram_of(folded);
}

}  // namespace

/// A gram that leads to an entry.
struct LiteralIndex::Start {
    Gram gram;
    std::int8_t offset;
    Alphabet alphabet;
    std::uint32_t entry;
};

LiteralIndex::LiteralIndex(std::vector<Entry> entries) : entries_(std::move(entries))
{
    if (entries_.empty()) return;
    std::size_t shortest = kGram + kMostSteps;
    for (const auto& entry : entries_) {
        longest_ = std::max(longest_, entry.text.size());
        shortest = std::min(shortest, filtered_size(entry));
    }
    step_ = std::clamp(shortest, kGram, kGram + kMostSteps - 1) - kGram + 1;
    make_groups(starts());
    make_filter();
}

std::size_t LiteralIndex::filtered_size(const Entry& entry)
{
    if (entry.alphabet != Alphabet::words || entry.text.empty()) return entry.text.size();
    return entry.text.size() + (is_alphanumeric(entry.text.front()) ? 1 : 0) +
           (is_alphanumeric(entry.text.back()) ? 1 : 0);
}

/// A short word is lengthened by the borders that have to stand around it, so that longer steps
/// can be made; the step is what the shortest allows.
std::vector<LiteralIndex::Start> LiteralIndex::starts() const
{
    std::vector<Start> all;
    all.reserve(entries_.size() * step_);
    for (std::uint32_t i = 0; i < entries_.size(); ++i) {
        const auto& [text, alphabet] = entries_[i];
        const bool is_short = text.size() < kGram + step_ - 1;
        const bool has_border = is_short && is_alphanumeric(text.front());
        auto bordered = (has_border ? " " : "") + text + (is_short ? " " : "");
        for (std::size_t at = 0; at < step_; ++at) {
            const auto offset = static_cast<std::int8_t>(has_border ? at - 1 : at);
            all.push_back({filtered_gram(bordered.data() + at), offset, alphabet, i});
        }
        if (!has_border) continue;
        for (const char letter : kEscapeLetters) {  // `\nweb1`: a border too
            bordered[0] = letter;
            all.push_back({filtered_gram(bordered.data()), -1, alphabet, i});
        }
    }
    return all;
}

void LiteralIndex::make_groups(std::vector<Start> starts)
{
    slot_shift_ = 32 - static_cast<unsigned>(std::bit_width(starts.size() * 2));
    const auto key = [this](const Start& start) {
        return std::tuple(slot_of(start.gram, slot_shift_), start.gram, start.offset,
                          start.alphabet);
    };
    std::sort(starts.begin(), starts.end(), [&](const Start& a, const Start& b) {
        const auto key_a = key(a);
        const auto key_b = key(b);
        return key_a != key_b ? key_a < key_b : entries_[a.entry].text < entries_[b.entry].text;
    });
    for (std::size_t i = 0; i < starts.size(); ++i) {
        if (i == 0 || key(starts[i]) != key(starts[i - 1])) {
            if (!groups_.empty()) link_prefixes(groups_.back());
            groups_.push_back({starts[i].gram, static_cast<std::uint32_t>(i), 0, starts[i].offset,
                               starts[i].alphabet});
        }
        ++groups_.back().count;
        places_.push_back({starts[i].entry, kNone});
    }
    link_prefixes(groups_.back());
}

void LiteralIndex::link_prefixes(const Group& group)
{
    std::vector<std::uint32_t> open;  // each begins with the one before
    for (auto i = group.first; i < group.first + group.count; ++i) {
        const auto& text = entries_[places_[i].entry].text;
        while (!open.empty() && !text.starts_with(entries_[places_[open.back()].entry].text)) {
            open.pop_back();
        }
        places_[i].prefix = open.empty() ? kNone : open.back();
        open.push_back(i);
    }
}

void LiteralIndex::make_filter()
{
    const auto slots = std::size_t{1} << (32 - slot_shift_);
    slots_.assign(slots + 1, 0);
    for (const auto& group : groups_) ++slots_[slot_of(group.gram, slot_shift_) + 1];
    for (std::size_t i = 1; i <= slots; ++i) slots_[i] += slots_[i - 1];

    constexpr unsigned kFewestBits = 15;  // 4 KiB
    constexpr unsigned kMostBits = 23;    // 1 MiB
    const auto wanted = static_cast<unsigned>(std::bit_width(groups_.size() * 32));
    const auto bits = std::clamp(wanted, kFewestBits, kMostBits);
    filter_shift_ = 32 - bits;
    filter_.assign((std::size_t{1} << bits) / 64, 0);
    for (const auto& group : groups_) {
        const auto hash = slot_of(group.gram, filter_shift_);
        filter_[hash / 64] |= std::uint64_t{1} << (hash % 64);
    }
}

void LiteralIndex::fold(const char* text, std::size_t size, char* folded)
{
    for (std::size_t at = 0; at < size; at += kOctets) {
        const auto octets = load_octets(text + at);
        const Octets low = octets | 0x20;
        const Octets letters = octets_between(low, 'a', 'z');
        const Octets digits = octets_between(octets, '0', '9');
        const Octets blanks = ~(letters | digits) & 0x20;
        const Octets result = (low & letters) | (octets & digits) | blanks;
        std::memcpy(folded + at, &result, sizeof result);
    }
}

void LiteralIndex::find(std::string_view text, const char* folded, std::size_t from, std::size_t to,
                        std::vector<Match>& matches) const
{
    switch (step_) {
        case 1:
            return scan<1>(text, folded, from, to, matches);
        case 2:
            return scan<2>(text, folded, from, to, matches);
        case 3:
            return scan<3>(text, folded, from, to, matches);
        default:
            return scan<4>(text, folded, from, to, matches);
    }
}

template <std::size_t step>
void LiteralIndex::scan(std::string_view text, const char* folded, std::size_t from, std::size_t to,
                        std::vector<Match>& matches) const
{
    const auto* const filter = filter_.data();
    const auto shift = filter_shift_;
    const auto passes = [&](std::size_t at) {
        const auto hash = (gram_of(folded + at) * 0x9E3779B1U) >> shift;
        return filter[hash / 64] >> (hash % 64) & 1;
    };
    auto at = from;
    for (; at + 4 * step <= to; at += 4 * step) {
        const auto a = passes(at);
        const auto b = passes(at + step);
        const auto c = passes(at + 2 * step);
        const auto d = passes(at + 3 * step);
        if ((a | b | c | d) == 0) continue;
        if (a != 0) look(text, at, gram_of(folded + at), matches);
        if (b != 0) look(text, at + step, gram_of(folded + at + step), matches);
        if (c != 0) look(text, at + 2 * step, gram_of(folded + at + 2 * step), matches);
        if (d != 0) look(text, at + 3 * step, gram_of(folded + at + 3 * step), matches);
    }
    for (; at < to; at += step) {
        if (passes(at) != 0) look(text, at, gram_of(folded + at), matches);
    }
}

void LiteralIndex::look(std::string_view text, std::size_t at, Gram gram,
                        std::vector<Match>& matches) const
{
    const auto slot = slot_of(gram, slot_shift_);
    for (auto i = slots_[slot]; i < slots_[slot + 1]; ++i) {
        const auto& group = groups_[i];
        if (group.gram != gram) continue;
        const auto begin = static_cast<std::ptrdiff_t>(at) - group.offset;
        if (begin < 0 || begin >= static_cast<std::ptrdiff_t>(text.size())) continue;
        compare(text, static_cast<std::size_t>(begin), group, matches);
    }
}

/// The greatest text of the group that is not after what stands here; then those it begins with.
void LiteralIndex::compare(std::string_view text, std::size_t begin, const Group& group,
                           std::vector<Match>& matches) const
{
    const auto& fold = fold_of(group.alphabet);
    const auto literal_at = [&](std::uint32_t place) -> std::string_view {
        return entries_[places_[place].entry].text;
    };
    auto low = group.first;
    auto high = group.first + group.count;
    std::size_t same = 0;
    while (high - low > 0) {
        const auto middle = low + (high - low) / 2;
        const auto literal = literal_at(middle);
        const auto size = common_size(literal, text, begin, fold);
        const bool is_after =
            size < literal.size() && (begin + size >= text.size() ||
                                      static_cast<unsigned char>(literal[size]) >
                                          fold[static_cast<unsigned char>(text[begin + size])]);
        if (is_after) {
            high = middle;
        } else {
            low = middle + 1;
            same = size;
        }
    }
    if (low == group.first) return;
    for (auto place = low - 1; place != kNone; place = places_[place].prefix) {
        const auto literal = literal_at(place);
        if (literal.size() > same) continue;
        matches.push_back({places_[place].entry, begin, begin + literal.size()});
    }
}

}  // namespace mail::privacy
