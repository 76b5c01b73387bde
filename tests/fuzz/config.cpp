/// A configuration file: an error with a line number, or lines with sound names.
#include "common/config.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto lines = mail::parse_config(text);
    if (!lines) {
        if (lines.error().step.rfind("line ", 0) != 0) std::abort();
        return 0;
    }
    for (const auto& line : *lines)
        if (line.name.empty() || line.line < 1 || line.value.find('\n') != std::string::npos)
            std::abort();
    static_cast<void>(mail::parse_host_port(text));
    static_cast<void>(mail::nearest_name(text, {"listen", "spool", "max-message-size"}));
    return 0;
}
