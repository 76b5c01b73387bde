/// Addresses read off a text in every notation with numbers, with exact borders: `110.0.0.53` and
/// `1.10.0.0.5` are not `10.0.0.5`. Whose address it is, is not asked here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "common/privacy/ip_address.h"
#include "common/privacy/origin_search.h"

namespace mail::privacy
{

struct AddressReading {
    IpAddress address;
    Form form = Form::plain;
    /// A number that is an address only to who knows (`167772165`, `0a000005`), and where no URL
    /// or literal names a host. Means something for a few addresses, not for all of 10.0.0.0/8.
    bool is_bare = false;
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// So much of the text before and after an address is looked at.
inline constexpr std::size_t kAddressContext = 192;
/// The reader's marks are found in blocks of this size; so much behind the text must be readable.
inline constexpr std::size_t kMarkBlock = 64;

class AddressReader
{
public:
    /// Begins another text.
    void begin() { *this = AddressReader(); }

    /// Appends the addresses whose first mark lies in text[from, to), and of them each reading
    /// that the notation has (`010.000.000.005` is zero-padded and octal). Call for one range after
    /// another; `origin` is where text[0] stands in the whole.
    ///
    /// text     with kAddressContext octets before `from` and after `to`, but at the ends of the
    ///          whole; behind it, 2 * kMarkBlock zeros
    void read(std::string_view text, std::uint64_t origin, std::size_t from, std::size_t to,
              std::vector<AddressReading>& readings);

private:
    // Up to where each notation is read; a mark before that belongs to what was read already.
    std::uint64_t dots_done_ = 0;
    std::uint64_t dashes_done_ = 0;
    std::uint64_t colons_done_ = 0;
};

}  // namespace mail::privacy
