/// The gate's report: any bytes are some entries; what an entry says reads back, and nothing that
/// is suggested leaves its line.
#include "postmaster/gate_report.h"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::vector<postmaster::GateReportEntry> entries;
    for (const std::string_view line : postmaster::whole_lines(text)) {
        auto entry = postmaster::decode_entry(line);
        if (!entry) continue;
        if (postmaster::decode_entry(postmaster::encode_entry(*entry)) != entry) std::abort();
        entries.push_back(std::move(*entry));
    }
    for (const auto& one : postmaster::suggestions(entries, "shop.example", {}))
        for (const char c : one.line)
            if (c < ' ' || c > '~') std::abort();
    if (postmaster::newer_lines(text, size / 2).size() > size / 2) std::abort();
    return 0;
}
