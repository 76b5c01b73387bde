/// A record from the disk or from the wire: an error or a record that encodes and decodes to
/// itself. What the quick reader takes, the library reads the same.
#include "common/spool/record.h"

#include <cstdint>
#include <cstdlib>

#include "common/spool/record_members.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view json(reinterpret_cast<const char*>(data), size);
    const mail::SpoolId id = *mail::SpoolId::parse("0199a7c2d1e47b3a9c5d00112233aabb");
    if (const auto own = mail::read_own_record(json)) {
        const auto any = mail::read_any_record(json);
        if (!any || !(*own == *any)) std::abort();
    }
    static_cast<void>(mail::decode_handed_record(json));
    auto record = mail::decode_record(json, id);
    if (!record) return 0;
    record->sha256 = mail::sha256_hex(record->content);
    const auto encoded = mail::encode_record(*record);
    if (!encoded) std::abort();
    if (!mail::read_own_record(*encoded)) std::abort();
    const auto again = mail::decode_record(*encoded, id);
    if (!again || !(*again == *record)) std::abort();
    return 0;
}
