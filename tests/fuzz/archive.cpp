/// Any bytes: archives are unpacked within their bounds, whatever their headers say.
#include "common/privacy/archive.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace mail::privacy;

namespace
{

class Counter : public ArchiveMemberSink
{
public:
    void take_member(std::string_view /*name*/, std::string_view octets, bool is_unpacked) override
    {
        if (is_unpacked) unpacked += octets.size();
        ++members;
    }
    void stop(std::string why) override
    {
        if (why.empty()) std::abort();
    }

    std::size_t unpacked = 0;
    std::size_t members = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view octets(reinterpret_cast<const char*>(data), size);
    StreamLimits limits;
    limits.archive_members = 10;
    limits.archive_bytes = 100'000;
    ArchiveBudget budget(limits);
    Counter counter;
    read_archive(octets, budget, counter);
    if (counter.unpacked > limits.archive_bytes) std::abort();
    if (counter.unpacked != limits.archive_bytes - budget.bytes) std::abort();
    // Heads of tar cost nothing to unpack; they lie at least 255 octets apart, of either kind.
    const auto most_heads = 2 * (octets.size() / 255 + 1);
    if (counter.members > 2 * limits.archive_members + most_heads) std::abort();
    if (counter.members > 0 && !may_have_archive(octets)) std::abort();
    (void)unread_archive(octets);
    return 0;
}
