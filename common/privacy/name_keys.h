/// Names in a sorted table, found by numbers: one comparison of numbers instead of one of texts.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace mail::privacy
{

/// The first eight octets; names are in the order of their keys, as far as those tell.
constexpr std::uint64_t name_key(std::string_view name) noexcept
{
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < sizeof key; ++i)
        key = key << 8 | (i < name.size() ? static_cast<unsigned char>(name[i]) : 0U);
    return key;
}

/// `name_of` gives the name of a row; the rows are in the order of their names.
template <class Row, std::size_t Size, class NameOf>
constexpr std::array<std::uint64_t, Size> keys_of(const std::array<Row, Size>& rows, NameOf name_of)
{
    std::array<std::uint64_t, Size> keys{};
    for (std::size_t i = 0; i < Size; ++i) keys[i] = name_key(name_of(rows[i]));
    return keys;
}

/// Null where no row has the name.
template <class Row, std::size_t Size, class NameOf>
const Row* find_row(const std::array<Row, Size>& rows, const std::array<std::uint64_t, Size>& keys,
                    std::string_view name, NameOf name_of)
{
    const auto key = name_key(name);
    const auto first = std::lower_bound(keys.begin(), keys.end(), key);
    for (auto i = static_cast<std::size_t>(first - keys.begin()); i < Size && keys[i] == key; ++i) {
        if (name_of(rows[i]) == name) return &rows[i];
    }
    return nullptr;
}

}  // namespace mail::privacy
