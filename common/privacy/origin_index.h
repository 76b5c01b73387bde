/// The origin's values as tables: does a name, an address or a word belong to them? What a question
/// costs does not depend on how many values there are. Kept by OriginValues.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "common/privacy/ip_address.h"

namespace mail::privacy
{

struct OriginValue;

class OriginIndex
{
public:
    /// The same value twice does no harm.
    void add(const OriginValue& value);

    /// `name` in lower case, without a dot at its end.
    [[nodiscard]] bool has_host(std::string_view name) const;
    [[nodiscard]] bool has_address(const IpAddress& address) const;
    /// Does a value stand in the text, in lower case, where no letter or digit goes on before or
    /// behind it?
    [[nodiscard]] bool has_word_in(std::string_view text) const;

private:
    using Names = std::set<std::string, std::less<>>;
    using Octets = std::array<std::uint8_t, 16>;

    void add_network(const IpNetwork& network);
    [[nodiscard]] bool has_word_at_front(std::string_view text) const;

    Names hosts_;
    Names short_names_;  // of one label
    Names endings_;      // of hosts, read backwards
    Names words_;
    std::bitset<256> word_fronts_;
    std::map<unsigned, std::set<Octets>> networks_;  // by the bits of their prefix
};

}  // namespace mail::privacy
