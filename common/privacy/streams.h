/// The streams of a message: every way in which a reader, or his program, may come to see its text.
/// Headers and body as they stand, unfolded, decoded from each encoding that mail has, nested mails
/// and archives. The gate looks into each; nothing is judged here.
///
/// Streams come piece by piece, so that a gigabyte in one part takes no memory. Never recurses,
/// never fails; limits are of work, not of time, and what they cut off is said.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/privacy/origin_search.h"

namespace mail::privacy
{

/// How a stream was come by. Every one can be left out (StreamSet), for the proof that each is
/// needed.
enum class Stream : std::uint8_t {
    raw,            // the whole message as it stands, without a gap: field by field, body by body
    unfolded,       // a field's body on one line (RFC 5322 2.2.3)
    encoded_words,  // RFC 2047, adjacent words joined
    parameters,     // RFC 2231: pieces joined, percent-decoded
    header_token,   // base64 or hex of 16 characters or more inside a field, decoded; UTF-16 too
    transfer,       // a part after base64 or quoted-printable
    uuencode,       // begin … end blocks in a text part
    charset,        // a text part in UTF-8 from its charset
    html,           // character references decoded, tags that cut a word removed
    percent,        // %xx decoded, in fields and text parts
    nested,         // fields of message/rfc822, text/rfc822-headers, message/delivery-status
    archive,        // members of zip and gzip, and their names
};
inline constexpr std::size_t kStreams = 12;
using StreamSet = std::bitset<kStreams>;
[[nodiscard]] inline StreamSet all_streams()
{
    return StreamSet().set();
}
[[nodiscard]] std::string_view stream_name(Stream stream) noexcept;  // "encoded words"

/// Where a stream comes from, for people and for the policy.
struct Place {
    Stream stream = Stream::raw;
    Region region = Region::text;
    std::string header;  // the field's name; empty in a body
    std::string part;  // "1.2", as IMAP counts parts (RFC 9051 6.4.5.1); empty: the message itself
    std::string member;  // in an archive
    // In the message: where the field or the part's body begins. Of the raw stream it is where the
    // stream begins, so `offset` and a place in the stream together are a place in the message.
    std::uint64_t offset = 0;
    bool is_signed = false;  // inside multipart/signed
};

/// Base64 or hexadecimal of a header may be a signature or a key.
[[nodiscard]] inline Contents contents_of(const Place& place)
{
    return place.stream == Stream::header_token ? Contents::octets : Contents::text;
}

class StreamSink
{
public:
    virtual ~StreamSink() = default;
    virtual void begin(const Place& place) = 0;
    virtual void feed(std::string_view octets) = 0;
    virtual void end() = 0;
};

struct StreamLimits {
    unsigned depth = 8;                              // mails and multiparts inside each other
    std::size_t parts = 1000;                        // of all kinds
    std::uint64_t decoded_bytes = 64 * 1024 * 1024;  // of all decoded streams but raw
    std::size_t header_tokens = 10'000;              // decoded
    std::size_t archive_members = 1000;              // of all archives
    std::uint64_t archive_bytes = 64 * 1024 * 1024;  // unpacked, of all archives
    unsigned archive_ratio = 100;                    // unpacked to packed
};

struct StreamsRead {
    bool is_complete = true;
    std::string why;  // not complete: "64 MiB decoded", "nested 8 deep", "encrypted archive"
};

/// Reads a whole message. Everything in it is in at least one stream (`raw`).
[[nodiscard]] StreamsRead read_streams(std::string_view content, StreamSink& sink,
                                       const StreamLimits& limits = {},
                                       StreamSet streams = all_streams());

}  // namespace mail::privacy
