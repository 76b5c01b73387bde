/// Content-Transfer-Encodings, read as mail has them rather than as they should be (RFC 2045
/// section 6). Never fails: what is not in the alphabet is passed over, what is no escape stays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

/// Base64 piece by piece.
class Base64Decoder
{
public:
    explicit Base64Decoder(OctetSink& octets) : out_(octets) {}

    /// False: the sink had enough.
    bool decode(std::string_view text);
    /// Another text begins; a line feed goes between.
    void begin_another();
    void flush() { out_.flush(); }

private:
    const unsigned char* take_groups(const unsigned char* at, const unsigned char* end);
    void take(unsigned char c);

    OctetBuffer out_;
    std::uint32_t bits_ = 0;
    unsigned count_ = 0;
};

/// Bytes outside the alphabet are passed over (RFC 2045 6.8); after padding a new group begins, so
/// texts that were encoded apart and put together decode to the end.
void decode_base64(std::string_view text, OctetSink& octets);
[[nodiscard]] std::string decoded_base64(std::string_view text);

/// Of the lines that are base64 and nothing else: what software left in a text when it lost the
/// header that said so. A first line of at least 16 digits begins a block.
void decode_base64_blocks(std::string_view text, OctetSink& octets);

/// Soft breaks go, white space before a line end goes (RFC 2045 6.7 rule 3), and `=` that is no
/// escape stays.
void decode_quoted_printable(std::string_view text, OctetSink& octets);
[[nodiscard]] std::string decoded_quoted_printable(std::string_view text);

/// The Q of RFC 2047 4.2: `_` is a space, and there are no lines.
[[nodiscard]] std::string decoded_q(std::string_view text);

}  // namespace mail::privacy
