/// The commit journal's reader: any bytes parse; what was written before them is read, and none of
/// them passes for an entry behind a torn one.
#include "common/spool/commit_entries.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    const mail::CommitImage image = mail::parse_commits(octets);
    if (image.generation == 0 && !image.entries.empty()) std::abort();

    const auto id = mail::SpoolId::parse("0199a7c2d1e47b3a9c5d00112233aabb");
    mail::CommitGroup group(5, 0);
    group.add(*id, octets);
    std::string file = mail::commit_head(5);
    file += group.pages();
    const std::size_t whole = file.size();
    file += octets;  // what an older generation left behind
    const mail::CommitImage written = mail::parse_commits(file);
    if (written.entries.empty() || written.entries[0].json != octets) std::abort();
    // The last octet of the entry goes: nothing of it counts.
    if (size == 0 || octets.back() == '\0') return 0;
    file.resize(whole);
    const auto last = file.find_last_not_of('\0');
    file[last] = '\0';
    if (!mail::parse_commits(file).entries.empty()) std::abort();
    return 0;
}
