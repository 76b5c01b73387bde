/// The loop guard: any bytes of its file are some passages, any content has or has not a courier's
/// name and a key.
#include <cstdint>
#include <cstdlib>

#include "postmaster/bounded_lines.h"
#include "postmaster/loop_book.h"
#include "postmaster/loop_marks.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    postmaster::LoopBook book;
    for (const std::string_view line : postmaster::whole_lines(text)) {
        const auto passage = postmaster::decode_passage(line);
        if (!passage) continue;
        if (postmaster::decode_passage(postmaster::encode_passage(*passage)) != passage)
            std::abort();
        if (book.count(*passage).passages == 0) std::abort();
    }
    static_cast<void>(postmaster::names_courier(text, {"courier.example"}));
    if (postmaster::loop_key(text, {"a@b.example"}).size() != 32) std::abort();
    return 0;
}
