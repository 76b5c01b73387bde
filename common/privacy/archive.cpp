#include "common/privacy/archive.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "common/privacy/inflate.h"

namespace mail::privacy
{
namespace
{

using namespace std::string_view_literals;

constexpr auto kZipMember = "PK\3\4"sv;  // APPNOTE 4.3.7
constexpr auto kTar = "ustar\0"sv;       // POSIX.1-2001, pax
constexpr auto kGnuTar = "ustar  \0"sv;
static_assert(kZipMember.size() <= kArchiveMark && kGnuTar.size() <= kArchiveMark);
constexpr std::size_t kTarMark = 257;  // where it stands in a header
constexpr std::size_t kTarHeader = 512;
/// Names of the file, of its link, of user and group, and the path in front.
constexpr std::array<std::pair<std::size_t, std::size_t>, 5> kTarWords = {
    {{0, 100}, {157, 100}, {265, 32}, {297, 32}, {345, 155}}};
constexpr auto kZipAny = "PK"sv;
constexpr auto kGzip = "\x1F\x8B\x08"sv;  // RFC 1952 2.3
constexpr std::size_t kZipHeader = 30;
constexpr std::size_t kGzipHeader = 10;
constexpr unsigned kStored = 0;
constexpr unsigned kDeflated = 8;
constexpr unsigned kLastMethod = 99;
constexpr std::size_t kLongestName = 4096;

/// Archives that are not read, by their first octets.
constexpr std::array<std::pair<std::string_view, const char*>, 9> kOthers = {{
    {"7z\xBC\xAF\x27\x1C"sv, "7z archive"},
    {"Rar!\x1A\x07"sv, "rar archive"},
    {"\xFD"
     "7zXZ\0"sv,
     "xz archive"},
    {"\x28\xB5\x2F\xFD"sv, "zstd archive"},
    {"\x04\x22\x4D\x18"sv, "lz4 archive"},
    {"\x1F\x9D\x90"sv, "compress archive"},
    {"LZIP\1"sv, "lzip archive"},
    {"\x89LZO\0\r\n"sv, "lzop archive"},
    {"MSCF\0\0\0\0"sv, "cabinet archive"},
}};

std::size_t find_from(std::string_view octets, std::size_t at, std::string_view sought)
{
    if (at >= octets.size()) return octets.npos;
    const auto* found =
        ::memmem(octets.data() + at, octets.size() - at, sought.data(), sought.size());
    if (found == nullptr) return octets.npos;
    return static_cast<std::size_t>(static_cast<const char*>(found) - octets.data());
}

unsigned little_16(std::string_view octets, std::size_t at)
{
    return static_cast<unsigned char>(octets[at]) |
           static_cast<unsigned>(static_cast<unsigned char>(octets[at + 1])) << 8;
}
std::size_t little_32(std::string_view octets, std::size_t at)
{
    return little_16(octets, at) | static_cast<std::size_t>(little_16(octets, at + 2)) << 16;
}

struct ZipMember {
    bool is_encrypted = false;
    unsigned method = 0;
    std::string_view name;
    std::size_t packed_size = 0;  // as it says; 0 where that comes behind the data
    std::size_t data = 0;         // where it begins
};

/// The member whose header is at `at`; `data` 0 where it cannot be one.
ZipMember zip_member_at(std::string_view octets, std::size_t at)
{
    if (octets.size() - at < kZipHeader) return {};
    ZipMember member;
    const auto flags = little_16(octets, at + 6);
    member.is_encrypted = (flags & 1) != 0;
    member.method = little_16(octets, at + 8);
    member.packed_size = little_32(octets, at + 18);
    const std::size_t name_size = little_16(octets, at + 26);
    const std::size_t extra_size = little_16(octets, at + 28);
    const auto data = at + kZipHeader + name_size + extra_size;
    const bool is_sound =
        member.method <= kLastMethod && name_size <= kLongestName && data <= octets.size();
    if (!is_sound) return {};
    member.name = octets.substr(at + kZipHeader, name_size);
    member.data = data;
    return member;
}

/// The file name that a gzip header may carry (FNAME, behind FEXTRA).
std::string_view gzip_name(std::string_view header)
{
    constexpr unsigned kExtra = 4;
    constexpr unsigned kName = 8;
    const auto flags = static_cast<unsigned char>(header[3]);
    auto at = kGzipHeader;
    if ((flags & kExtra) != 0 && header.size() >= at + 2) at += 2 + little_16(header, at);
    if ((flags & kName) == 0 || at >= header.size()) return {};
    const auto name = header.substr(at, kLongestName);
    return name.substr(0, name.find('\0'));
}

class ArchiveReader
{
public:
    ArchiveReader(std::string_view octets, ArchiveBudget& budget, ArchiveMemberSink& sink)
        : octets_(octets), budget_(budget), sink_(sink)
    {
    }

    void read_zip()
    {
        for (auto at = find_from(octets_, 0, kZipMember); at != octets_.npos;
             at = find_from(octets_, at, kZipMember)) {
            const auto member = zip_member_at(octets_, at);
            at += kZipMember.size();
            if (member.data == 0) continue;
            if (is_directory(member)) continue;
            if (!has_room()) return;
            --budget_.members;
            at = std::max(at, take_zip_member(member));
        }
    }

    void read_gzip()
    {
        for (auto at = find_from(octets_, 0, kGzip); at != octets_.npos;
             at = find_from(octets_, at, kGzip)) {
            const auto packed = octets_.substr(at);
            at += kGzip.size();
            constexpr unsigned kReserved = 0xE0;
            if (packed.size() < kGzipHeader ||
                (static_cast<unsigned char>(packed[3]) & kReserved) != 0)
                continue;
            if (!has_room()) return;
            --budget_.members;
            const auto read = take_packed(gzip_name(packed), packed, DeflateFormat::gzip, false);
            if (read > 0) at += read - kGzip.size();
        }
    }

    /// In front of the user's name stands the format's version, so no border.
    void read_tar()
    {
        for (const auto mark : {kTar, kGnuTar}) {
            for (auto at = find_from(octets_, 0, mark); at != octets_.npos;
                 at = find_from(octets_, at + kTarHeader - kTarMark, mark)) {
                if (at < kTarMark || octets_.size() - (at - kTarMark) < kTarHeader) continue;
                take_tar_header(octets_.substr(at - kTarMark, kTarHeader));
            }
        }
    }

private:
    void take_tar_header(std::string_view header)
    {
        std::string words;
        for (const auto& [begin, size] : kTarWords) {
            const auto word = header.substr(begin, size);
            words.append(word.substr(0, word.find('\0'))).push_back('\n');
        }
        sink_.take_member({}, words, false);
    }

    bool has_room()
    {
        if (budget_.members > 0) return true;
        sink_.stop("too many archive members");
        return false;
    }

    /// Where to look for the next one.
    std::size_t take_zip_member(const ZipMember& member)
    {
        if (member.is_encrypted) {
            sink_.stop("encrypted archive");
            return member.data;
        }
        const auto rest = octets_.substr(member.data);
        const bool is_stored = member.method == kStored;
        if (!is_stored && member.method != kDeflated) {
            sink_.stop("archive method " + std::to_string(member.method));
            return member.data;
        }
        if (is_stored) sink_.take_member(member.name, stored_front(member, rest), false);
        // A directory may call deflated what this header calls stored.
        return member.data + take_packed(member.name, rest, DeflateFormat::raw, is_stored);
    }

    static bool is_directory(const ZipMember& member)
    {
        return member.name.ends_with('/') && member.packed_size == 0;
    }

    static std::string_view stored_front(const ZipMember& member, std::string_view rest)
    {
        if (member.packed_size > 0) return rest.substr(0, member.packed_size);
        return rest.substr(0, find_from(rest, 0, kZipAny));
    }

    /// How many octets of `packed` it took; 0 where it was not whole.
    std::size_t take_packed(std::string_view name, std::string_view packed, DeflateFormat format,
                            bool only_whole)
    {
        const auto bounded = packed.substr(0, budget_.packed_bytes);
        const auto inflated = inflate_front(bounded, format, {budget_.bytes, budget_.ratio});
        budget_.packed_bytes -= inflated.read;
        if (only_whole && !inflated.is_whole) return 0;
        budget_.bytes -= inflated.octets.size();
        const bool is_cut =
            !inflated.is_whole && inflated.read == bounded.size() && bounded.size() < packed.size();
        if (is_cut || (inflated.is_too_much && budget_.bytes == 0)) {
            sink_.stop("too much in archives");
        } else if (inflated.is_too_much) {
            sink_.stop("archive packed too well");
        }
        if (!inflated.octets.empty()) sink_.take_member(name, inflated.octets, true);
        return inflated.is_whole ? inflated.read : 0;
    }

    std::string_view octets_;
    ArchiveBudget& budget_;
    ArchiveMemberSink& sink_;
};

}  // namespace

bool may_have_archive(std::string_view octets)
{
    return find_from(octets, 0, kZipMember) != octets.npos ||
           find_from(octets, 0, kGzip) != octets.npos ||
           find_from(octets, 0, kTar) != octets.npos ||
           find_from(octets, 0, kGnuTar) != octets.npos;
}

void read_archive(std::string_view octets, ArchiveBudget& budget, ArchiveMemberSink& sink)
{
    ArchiveReader reader(octets, budget, sink);
    reader.read_zip();
    reader.read_gzip();
    reader.read_tar();
}

std::string_view unread_archive(std::string_view front)
{
    constexpr auto kBzip2 = "BZh"sv;
    constexpr auto kBzip2Block = "1AY&SY"sv;  // behind a digit
    if (front.starts_with(kBzip2) && front.find(kBzip2Block) == kBzip2.size() + 1)
        return "bzip2 archive";
    for (const auto& [mark, name] : kOthers) {
        if (front.starts_with(mark)) return name;
    }
    return {};
}

}  // namespace mail::privacy
