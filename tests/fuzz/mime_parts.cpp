/// Any bytes: the parts stay within the message and the limits, hold all of it but boundary lines
/// and empty lines, and their text is UTF-8.
#include "common/privacy/mime_parts.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/privacy/message_view.h"
#include "common/privacy/utf8.h"

using namespace mail::privacy;

namespace
{

bool is_within(std::string_view part, std::string_view whole)
{
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

bool is_kept(std::string_view part, const MimeParts& parts)
{
    for (const auto& text : parts.decoded) {
        if (is_within(part, *text)) return true;
    }
    return false;
}

bool is_only_boundaries(std::string_view gap)
{
    while (!gap.empty()) {
        const auto end = gap.find('\n');
        const auto line = trimmed(gap.substr(0, end));
        if (!line.empty() && !line.starts_with("--")) return false;
        gap.remove_prefix(end == gap.npos ? gap.size() : end + 1);
    }
    return true;
}

/// The pieces in their order, without the bodies of containers: what stands between them?
bool is_all_there(std::string_view content, const MimeParts& read)
{
    std::size_t end = 0;
    for (const auto& part : read.parts) {
        const bool is_late_outside = part.late.data() != part.body.data();
        const auto late = is_late_outside ? part.late : std::string_view();
        for (const auto piece : {part.header, late, part.body}) {
            const bool is_body = piece.data() == part.body.data();
            if (piece.empty() || (is_body && part.role == MimePart::Role::container)) continue;
            const auto begin = static_cast<std::size_t>(piece.data() - content.data());
            if (begin < end || !is_only_boundaries(content.substr(end, begin - end))) return false;
            end = begin + piece.size();
        }
    }
    return is_only_boundaries(content.substr(end));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    const auto read = read_parts(content);
    if (read.parts.empty() || read.parts.size() > 1010) std::abort();
    for (const auto& part : read.parts) {
        if (part.depth > PartLimits().depth) std::abort();
        for (const auto text : {part.header, part.body}) {
            if (!is_within(text, content) && !is_kept(text, read)) std::abort();
        }
        const auto text = decoded_text(part);
        if (repaired_utf8(text) != text) std::abort();
    }
    if (read.decoded.empty() && !is_all_there(content, read)) std::abort();
    const auto joined = joined_text_parts(content);
    if (repaired_utf8(joined) != joined) std::abort();
    return 0;
}
