/// Any bytes: what comes out is UTF-8, and words that hold none come out as they went in.
#include "common/privacy/encoded_words.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/privacy/message_view.h"
#include "common/privacy/utf8.h"

using namespace mail::privacy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto decoded = decoded_words(text);
    if (repaired_utf8(decoded) != decoded) std::abort();
    if (text.find("=?") == text.npos && decoded != repaired_utf8(text)) std::abort();

    const auto subject = decoded_subject(text);
    if (subject.size() > 1000 || repaired_utf8(subject) != subject) std::abort();
    return 0;
}
