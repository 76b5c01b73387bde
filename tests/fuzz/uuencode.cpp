/// Any bytes: uuencoded blocks say the same wherever the pieces end, and less than the text had.
#include "common/privacy/uuencode.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace mail::privacy;

namespace
{

std::string in_pieces(std::string_view text, std::size_t piece)
{
    StringSink octets;
    UuencodeDecoder decoder(octets);
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        decoder.feed(text.substr(0, piece));
    }
    decoder.finish();
    return octets.take();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = decoded_uuencode(text);
    if (in_pieces(text, 1) != whole || in_pieces(text, 13) != whole) std::abort();
    // A line that lost its blanks says at most 63 octets in one.
    if (whole.size() > 63 * text.size()) std::abort();
    return 0;
}
