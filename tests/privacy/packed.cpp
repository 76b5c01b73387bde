#include "tests/privacy/packed.h"

#include <zlib.h>

#include "common/base64.h"

namespace mail::test
{
namespace
{

std::string deflated(std::string_view octets, int window)
{
    z_stream stream{};
    if (::deflateInit2(&stream, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    std::string packed(::deflateBound(&stream, octets.size()) + 32, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
    stream.avail_in = static_cast<uInt>(octets.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&stream, Z_FINISH);
    packed.resize(stream.total_out);
    ::deflateEnd(&stream);
    return packed;
}

std::string little(std::size_t number, int octets)
{
    std::string text;
    for (int i = 0; i < octets; ++i) text.push_back(static_cast<char>(number >> (8 * i)));
    return text;
}

std::string with_sizes(const ZipEntry& entry, std::size_t packed_size)
{
    const auto crc = ::crc32(0, reinterpret_cast<const Bytef*>(entry.octets.data()),
                             static_cast<uInt>(entry.octets.size()));
    return little(crc, 4) + little(packed_size, 4) + little(entry.octets.size(), 4);
}

}  // namespace

std::string zip_of(const std::vector<ZipEntry>& entries)
{
    std::string zip;
    std::string directory;
    for (const auto& entry : entries) {
        const auto packed = entry.is_deflated ? deflated(entry.octets, -MAX_WBITS) : entry.octets;
        const auto method = entry.is_deflated ? 8U : 0U;
        const auto said =
            entry.method_in_header < 0 ? method : static_cast<unsigned>(entry.method_in_header);
        const auto sizes = with_sizes(entry, packed.size());
        const bool is_behind = (entry.flags & 8) != 0;
        const auto front = little(entry.flags, 2);
        const auto rest = little(0, 4) + (is_behind ? std::string(12, '\0') : sizes) +
                          little(entry.name.size(), 2) + little(0, 2);
        directory += "PK\1\2" + little(20, 2) + little(20, 2) + front + little(method, 2) +
                     little(0, 4) + sizes + little(entry.name.size(), 2) + little(0, 12) +
                     little(zip.size(), 4) + entry.name;
        zip += "PK\3\4" + little(20, 2) + front + little(said, 2) + rest + entry.name + packed;
        if (is_behind) zip += "PK\7\10" + sizes;
    }
    const auto begin = zip.size();
    return zip + directory + "PK\5\6" + little(0, 4) + little(entries.size(), 2) +
           little(entries.size(), 2) + little(directory.size(), 4) + little(begin, 4) +
           little(0, 2);
}

std::string gzip_of(std::string_view octets)
{
    return deflated(octets, 16 + MAX_WBITS);
}

std::string base64_lines(std::string_view octets)
{
    const auto text = base64_encode(octets);
    std::string lines;
    for (std::size_t at = 0; at < text.size(); at += 76) lines += text.substr(at, 76) + "\r\n";
    return lines;
}

}  // namespace mail::test
