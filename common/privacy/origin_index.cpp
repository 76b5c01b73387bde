#include "common/privacy/origin_index.h"

#include "common/privacy/ascii.h"
#include "common/privacy/origin_values.h"

namespace mail::privacy
{
namespace
{

using Kind = OriginValue::Kind;

constexpr unsigned kAllBits = 128;

bool is_word_byte(char c)
{
    return is_letter(c) || is_digit(c);
}

/// Many machines are called `mail`; without the operator's word, such a name proves nothing.
bool is_common_name(const OriginValue& value)
{
    return value.learned && value.kind == Kind::host && value.value.find('.') == value.value.npos;
}

std::string backwards(std::string_view text)
{
    return {text.rbegin(), text.rend()};
}

/// Is one of the names at the front of the text, of a size that is accepted?
template <class Names, class Accept>
bool any_at_front(const Names& names, std::string_view text, Accept accept)
{
    for (std::size_t size = 1; size <= text.size(); ++size) {
        const auto front = text.substr(0, size);
        const auto name = names.lower_bound(front);
        if (name == names.end() || !name->starts_with(front)) return false;
        if (name->size() == size && accept(size)) return true;
    }
    return false;
}

std::array<std::uint8_t, 16> masked(std::array<std::uint8_t, 16> octets, unsigned prefix_bits)
{
    for (unsigned i = 0; i < octets.size(); ++i) {
        const unsigned kept = prefix_bits < 8 * i ? 0 : prefix_bits - 8 * i;
        if (kept < 8) octets[i] &= static_cast<std::uint8_t>(0xFF00 >> kept);
    }
    return octets;
}

}  // namespace

void OriginIndex::add(const OriginValue& value)
{
    const auto& text = value.value;
    if (value.kind == Kind::network) {
        if (const auto network = IpNetwork::parse(text)) add_network(*network);
        return;
    }
    if (value.kind == Kind::address) {
        if (const auto address = IpAddress::parse(text)) add_network({*address, kAllBits});
    }
    if (value.kind == Kind::host) {
        hosts_.insert(text);
        short_names_.insert(text.substr(0, text.find('.')));
    }
    if (value.kind == Kind::suffix) endings_.insert(backwards(text));
    if (value.kind == Kind::user) short_names_.insert(lowered(text));
    if (text.empty() || is_common_name(value)) return;
    const auto word = lowered(text);
    word_fronts_.set(static_cast<unsigned char>(word.front()));
    words_.insert(word);
}

void OriginIndex::add_network(const IpNetwork& network)
{
    networks_[network.prefix_bits].insert(masked(network.base.octets, network.prefix_bits));
}

bool OriginIndex::has_host(std::string_view name) const
{
    if (hosts_.contains(name)) return true;
    if (name.find('.') == name.npos && short_names_.contains(name)) return true;
    return any_at_front(endings_, backwards(name),
                        [&](std::size_t size) { return size < name.size(); });
}

bool OriginIndex::has_address(const IpAddress& address) const
{
    for (const auto& [prefix_bits, bases] : networks_) {
        if (bases.contains(masked(address.octets, prefix_bits))) return true;
    }
    return false;
}

bool OriginIndex::has_word_in(std::string_view text) const
{
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!word_fronts_.test(static_cast<unsigned char>(text[at]))) continue;
        const bool begins = at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(text[at]);
        if (begins && has_word_at_front(text.substr(at))) return true;
    }
    return false;
}

bool OriginIndex::has_word_at_front(std::string_view text) const
{
    return any_at_front(words_, text, [&](std::size_t size) {
        return size == text.size() || !is_word_byte(text[size]) || !is_word_byte(text[size - 1]);
    });
}

}  // namespace mail::privacy
