#include "common/privacy/origin_engine.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/base64_alignments.h"
#include "common/privacy/octet_masks.h"
#include "common/privacy/word_borders.h"

namespace mail::privacy
{
namespace
{

using Kind = OriginValue::Kind;

constexpr unsigned kAllBits = 128;
/// Words shorter than this turn up in octets that are no text.
constexpr std::size_t kTellingWord = 6;
constexpr std::size_t kTextAround = 4;
constexpr std::size_t kBase64Around = 32;
constexpr std::size_t kBase64Group = 4;

std::optional<IpNetwork> network_of(const OriginValue& value)
{
    if (value.kind == Kind::network) return IpNetwork::parse(value.value);
    if (value.kind != Kind::address) return {};
    const auto address = IpAddress::parse(value.value);
    if (!address) return {};
    return IpNetwork{*address, kAllBits};
}

std::vector<std::pair<IpNetwork, std::uint32_t>> networks_of(const OriginValues& values)
{
    std::vector<std::pair<IpNetwork, std::uint32_t>> networks;
    for (std::size_t i = 0; i < values.all().size(); ++i) {
        const auto network = network_of(values.all()[i]);
        if (network) networks.emplace_back(*network, static_cast<std::uint32_t>(i));
    }
    return networks;
}

std::vector<Literal> all_literals(const OriginValues& values, const FormSet& forms)
{
    std::vector<Literal> all;
    for (std::size_t i = 0; i < values.all().size(); ++i) {
        auto of_value = literals_of(values.all()[i], i, forms);
        std::move(of_value.begin(), of_value.end(), std::back_inserter(all));
    }
    return all;
}

LiteralIndex::Alphabet alphabet_of(const Literal& literal)
{
    return literal.form == Form::base64 ? LiteralIndex::Alphabet::base64
                                        : LiteralIndex::Alphabet::words;
}

LiteralIndex index_of(std::vector<Literal>& literals)
{
    std::vector<LiteralIndex::Entry> entries;
    entries.reserve(literals.size());
    for (auto& literal : literals) {
        entries.push_back({std::move(literal.text), alphabet_of(literal)});
    }
    return LiteralIndex(std::move(entries));
}

std::string_view around(std::string_view text, std::size_t begin, std::size_t end, std::size_t size)
{
    const auto first = begin - std::min(begin, size);
    return text.substr(first, end + size - first);
}

/// The last label of the host name that goes on at `at` with a dot.
std::string last_label(std::string_view text, std::size_t at)
{
    constexpr std::size_t kMost = 128;
    auto end = at;
    while (end < text.size() && end - at < kMost &&
           (is_alphanumeric(text[end]) || text[end] == '-' || text[end] == '.')) {
        ++end;
    }
    auto name = text.substr(at, end - at);
    while (name.ends_with('.')) name.remove_suffix(1);
    const auto dot = name.rfind('.');
    return dot == name.npos ? std::string() : lowered(name.substr(dot + 1));
}

/// Is it a machine's name on its own, and not the first label of somebody's `mail.example.com`?
/// `web1.localdomain` is on its own.
bool stands_alone(std::string_view text, std::size_t begin, std::size_t end)
{
    if (begin > 1 && text[begin - 1] == '.' && is_alphanumeric(text[begin - 2])) return false;
    if (end + 1 >= text.size() || text[end] != '.' || !is_alphanumeric(text[end + 1])) return true;
    constexpr std::string_view kPrivate[] = {"corp",        "home",  "internal",  "intranet", "lan",
                                             "localdomain", "local", "localhost", "private"};
    const auto label = last_label(text, end);
    return std::find(std::begin(kPrivate), std::end(kPrivate), label) != std::end(kPrivate);
}

/// Words of few letters come by chance in octets that are no text.
bool is_amid_text(std::string_view text, std::size_t begin, std::size_t end)
{
    const auto near = around(text, begin, end, kTextAround);
    return std::all_of(near.begin(), near.end(), [](char c) {
        return (c >= ' ' && c != 0x7F) || c == '\t' || c == '\r' || c == '\n';
    });
}

/// `alice`, `ALICE`, `Alice`: as people write it. Of words of five letters in base64, one in ten.
bool is_in_one_case(std::string_view word)
{
    const auto is_lower = [](char c) { return !is_letter(c) || (c >= 'a' && c <= 'z'); };
    const auto is_upper = [](char c) { return !is_letter(c) || (c >= 'A' && c <= 'Z'); };
    const auto rest = word.substr(1);
    return std::all_of(rest.begin(), rest.end(), is_lower) ||
           std::all_of(word.begin(), word.end(), is_upper);
}

/// Is it a name of a long path, whatever stands around? Words of so many letters come between two
/// slashes by chance once in some gigabytes of base64.
bool is_name_in_path(std::string_view text, std::size_t begin, std::size_t end)
{
    constexpr std::size_t kShortestName = 4;
    const auto is_slash = [&](std::size_t at) { return at < text.size() && text[at] == '/'; };
    return end - begin >= kShortestName && begin > 0 && is_slash(begin - 1) && is_slash(end) &&
           is_in_one_case(text.substr(begin, end - begin));
}

/// … and in base64, between `+` and `/`, folded or not. There, of 64 characters 26 are small, 36
/// are capitals or digits, two are marks; a path (`/srv/Builds/Jenkins2/users/…`) has most of them
/// small. The borders lie where one window of base64 in a thousand would be.
bool is_amid_base64(std::string_view text, std::size_t begin, std::size_t end)
{
    const auto near = around(text, begin, end, kBase64Around);
    if (near.size() <= kBase64Around || is_name_in_path(text, begin, end)) return false;
    std::size_t small = 0;
    std::size_t capitals = 0;
    std::size_t digits = 0;
    std::size_t marks = 0;
    bool is_fold = true;
    for (const char c : near) {
        is_fold = c == '\r' || c == '\n' || (is_fold && is_blank(c));
        if (is_fold) continue;
        ++(is_digit(c) ? digits : is_letter(c) ? (c >= 'a' ? small : capitals) : marks);
        if (!is_alphanumeric(c) && c != '+' && c != '/') return false;
    }
    const auto all = small + capitals + digits + marks;
    return capitals > 0 && digits > 0 && 3 * (capitals + digits) >= all && 5 * small >= all &&
           6 * marks <= all;
}

}  // namespace

OriginSearch::Engine::Engine(OriginValues given, FormSet wanted)
    : values(std::move(given)),
      forms(wanted),
      literals_(all_literals(values, forms)),
      index_(index_of(literals_)),
      addresses_(networks_of(values))
{
    context_ = std::max(kAddressContext, index_.longest() + 2 * kBase64Context);
    most_joined_ = index_.longest() + kBase64Context;
    has_base64_ = forms.test(static_cast<std::size_t>(Form::base64)) && !index_.is_empty();
}

void OriginSearch::Engine::search(const Window& window, std::size_t from, std::size_t to,
                                  Scratch& scratch, std::vector<OriginHit>& hits) const
{
    if (!index_.is_empty()) {
        scratch.matches.clear();
        index_.find(window.text, window.folded, from, to, scratch.matches);
        for (const auto& match : scratch.matches) take_literal(window, match, hits);
    }
    for (auto at = from; has_base64_ && at < to; ++at) {
        const auto* const line_feed =
            static_cast<const char*>(std::memchr(window.text.data() + at, '\n', to - at));
        if (line_feed == nullptr) break;
        at = static_cast<std::size_t>(line_feed - window.text.data());
        if (join_base64(window.text, at, most_joined_, scratch.joint))
            search_joint(window, scratch, hits);
    }
    if (addresses_.is_empty()) return;
    scratch.readings.clear();
    scratch.reader.read(window.text, window.origin, from, to, scratch.readings);
    for (const auto& reading : scratch.readings) take_address(window, reading, hits);
}

/// What lies over the end of a line, be it only a character beside the core.
void OriginSearch::Engine::search_joint(const Window& window, Scratch& scratch,
                                        std::vector<OriginHit>& hits) const
{
    auto& joint = scratch.joint;
    auto& text = joint.text;
    const auto at = joint.at;
    const auto size = text.size();
    text.append(2 * kOctets, '\0');
    scratch.folded_joint.resize(text.size());
    LiteralIndex::fold(text.data(), size + kOctets, scratch.folded_joint.data());
    const auto whole = std::string_view(text).substr(0, size);
    scratch.matches.clear();
    const auto last = std::min(at + kBase64Group + LiteralIndex::kMostSteps, size);
    index_.find(whole, scratch.folded_joint.data(), at - std::min(at, index_.longest()), last,
                scratch.matches);
    const auto in_window = [&](std::size_t place) {
        return window.origin + place + (place < at ? joint.first : joint.second - at);
    };
    for (const auto& [entry, begin, end] : scratch.matches) {
        const auto& literal = literals_[entry];
        const bool is_over = begin < at + kBase64Group && end + kBase64Group > at;
        if (literal.form != Form::base64 || !is_over) continue;
        if (!counts_in_base64(whole, begin, literal)) continue;
        hits.push_back({literal.value, literal.form, in_window(begin), in_window(end)});
    }
}

void OriginSearch::Engine::take_literal(const Window& window, const LiteralIndex::Match& match,
                                        std::vector<OriginHit>& hits) const
{
    const auto& literal = literals_[match.entry];
    if (!counts(window, match, literal)) return;
    hits.push_back(
        {literal.value, literal.form, window.origin + match.begin, window.origin + match.end});
}

bool OriginSearch::Engine::counts(const Window& window, const LiteralIndex::Match& match,
                                  const Literal& literal) const
{
    const auto [entry, begin, end] = match;
    if (literal.form == Form::base64) return counts_in_base64(window.text, begin, literal);
    if (!is_between_borders(window.text, begin, end)) return false;
    if (literal.form == Form::short_name) {
        if (window.region == Region::text || window.region == Region::attachment) return false;
        if (literal.is_common && (begin == 0 || window.text[begin - 1] != '@')) return false;
        if (!stands_alone(window.text, begin, end)) return false;
    }
    if (end - begin >= kTellingWord) return true;
    if (window.is_binary && !is_amid_text(window.text, begin, end)) return false;
    return !is_amid_base64(window.text, begin, end);
}

/// A core is only a place to look at: what it is part of has to be the value, between borders.
bool OriginSearch::Engine::counts_in_base64(std::string_view text, std::size_t begin,
                                            const Literal& literal) const
{
    const auto& value = values.all()[literal.value];
    const auto decoded = decoded_around(text, begin, value.value.size(), literal.alignment);
    if (!decoded.is_whole) return false;
    const auto size = decoded.octets.size();
    if (network_of(value)) {
        std::vector<AddressReading> readings;
        AddressReader().read(decoded.octets + std::string(2 * kMarkBlock, '\0'), 0, 0, size,
                             readings);
        bool is_there = false;
        for (const auto& reading : readings) {
            if (reading.form != Form::plain || reading.end > size) continue;
            addresses_.for_each_of(reading.address, [&](std::uint32_t found, unsigned) {
                is_there = is_there || found == literal.value;
            });
        }
        return is_there;
    }
    const auto end = decoded.at + value.value.size();
    return end <= size && is_between_borders(decoded.octets, decoded.at, end) &&
           equals_ignoring_case(
               std::string_view(decoded.octets).substr(decoded.at, value.value.size()),
               value.value);
}

void OriginSearch::Engine::take_address(const Window& window, const AddressReading& reading,
                                        std::vector<OriginHit>& hits) const
{
    if (!forms.test(static_cast<std::size_t>(reading.form))) return;
    addresses_.for_each_of(reading.address, [&](std::uint32_t value, unsigned prefix_bits) {
        // Of every 256 numbers one would lie in a /8.
        constexpr unsigned kNarrowV4 = 96 + 16;
        constexpr unsigned kNarrowV6 = 24;
        const unsigned narrow = reading.address.is_v4() ? kNarrowV4 : kNarrowV6;
        if (reading.is_bare && prefix_bits < narrow) return;
        hits.push_back(
            {value, reading.form, window.origin + reading.begin, window.origin + reading.end});
    });
}

}  // namespace mail::privacy
