/// The notations of the address reader, one function each: labels with dots or hyphens, groups with
/// colons, whole numbers. Each is called with a mark in the text, reads the run around it and
/// appends what the run says.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "common/privacy/address_reader.h"
#include "common/privacy/ascii.h"
#include "common/privacy/word_borders.h"

namespace mail::privacy
{

/// `10.0.0.5`, `010.000.000.005`, `0x0a.0.0.05`, `0a.00.00.05`, `5.0.0.10.in-addr.arpa`, nibbles of
/// ip6.arpa, `ip-10-0-0-5`; `10.5` as a URL's host. mark: a dot or a hyphen. returns the end of the run.
std::size_t read_labels(std::string_view text, std::size_t mark,
                        std::vector<AddressReading>& readings);

/// `2001:db8::5`, `2001:0db8:0000:…`, `::ffff:10.0.0.5`, `IPv6:…`. mark: a colon. returns the end
/// of the run.
std::size_t read_groups(std::string_view text, std::size_t mark,
                        std::vector<AddressReading>& readings);

/// `167772165`, `0x0a000005`, `0a000005`, `01200000005`; 32 hexadecimal digits. begin: the first of
/// seven hexadecimal digits or more.
void read_whole_number(std::string_view text, std::size_t begin,
                       std::vector<AddressReading>& readings);

/// An IPv4 address of four octets.
IpAddress ipv4(std::uint32_t number) noexcept;

}  // namespace mail::privacy
