// The failures on the disk, whatever became of them: read without a crash, each (id, recipient)
// once, and what was read can be written and read again.
#include "postman/reports/failure_log.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto entries =
        postman::parse_failures(std::string_view(reinterpret_cast<const char*>(data), size));
    std::string again;
    for (const auto& entry : entries) again += postman::encode_failure(entry);
    if (!(postman::parse_failures(again) == entries)) std::abort();
    return 0;
}
