#include "common/spool/commit_entries.h"

#include <zlib.h>

#include <charconv>

#include "common/checked_line.h"

namespace mail
{
namespace
{

constexpr std::string_view kMagic = "postoffice-commits 1 ";
constexpr std::string_view kEntryMagic = "MAIL";
constexpr std::uint64_t kHeadSalt = 0;
constexpr std::size_t kIdBytes = 32;
constexpr std::size_t kMostKeptBytes = 1 << 20;

// An entry: magic (4), CRC-32 of what follows (4), generation (8), index (4), size of the record
// (4), id (32 hex digits), the record. Numbers are little-endian.
constexpr std::size_t kSumAt = 4;
constexpr std::size_t kSummedAt = 8;
constexpr std::size_t kIndexAt = 16;
constexpr std::size_t kSizeAt = 20;
constexpr std::size_t kIdAt = 24;
constexpr std::size_t kJsonAt = kIdAt + kIdBytes;

void put(std::string& octets, std::size_t at, std::uint64_t number, std::size_t bytes)
{
    for (std::size_t i = 0; i < bytes; ++i) octets[at + i] = static_cast<char>(number >> (8 * i));
}

std::uint64_t get(std::string_view octets, std::size_t at, std::size_t bytes)
{
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        number |= std::uint64_t(static_cast<unsigned char>(octets[at + i])) << (8 * i);
    return number;
}

std::uint32_t sum_of(std::string_view octets)
{
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const unsigned char*>(octets.data()), octets.size()));
}

/// 0: no sound head.
std::uint64_t generation_in(std::string_view page)
{
    const auto line = take_checked_line(kHeadSalt, page);
    if (!line || !line->starts_with(kMagic)) return 0;
    const std::string_view digits = line->substr(kMagic.size());
    const char* const end = digits.data() + digits.size();
    std::uint64_t generation = 0;
    const auto [rest, fault] = std::from_chars(digits.data(), end, generation);
    return fault == std::errc() && rest == end ? generation : 0;
}

/// The entry at the beginning of `octets`, and its length; nothing if it is not whole, or not the
/// one that is due.
std::optional<std::size_t> take_entry(std::string_view octets, std::uint64_t generation,
                                      CommitImage& image)
{
    if (octets.size() < kJsonAt || !octets.starts_with(kEntryMagic)) return std::nullopt;
    const std::size_t size = get(octets, kSizeAt, 4);
    if (size > octets.size() - kJsonAt) return std::nullopt;
    const std::string_view summed = octets.substr(kSummedAt, kJsonAt - kSummedAt + size);
    const bool is_due =
        get(octets, kSummedAt, 8) == generation && get(octets, kIndexAt, 4) == image.entries.size();
    if (!is_due || get(octets, kSumAt, 4) != sum_of(summed)) return std::nullopt;
    const auto id = SpoolId::parse(octets.substr(kIdAt, kIdBytes));
    if (!id) return std::nullopt;
    image.entries.push_back({*id, std::string(octets.substr(kJsonAt, size))});
    return kJsonAt + size;
}

}  // namespace

std::string commit_head(std::uint64_t generation)
{
    std::string page = checked_line(kHeadSalt, std::string(kMagic) + std::to_string(generation));
    page.resize(kCommitPageBytes, '\0');
    return page;
}

void CommitGroup::add(const SpoolId& id, std::string_view json)
{
    const std::size_t begin = octets_.size();
    octets_.append(kEntryMagic).resize(begin + kIdAt);
    octets_.append(id.hex()).append(json);
    put(octets_, begin + kSummedAt, generation_, 8);
    put(octets_, begin + kIndexAt, index_++, 4);
    put(octets_, begin + kSizeAt, json.size(), 4);
    put(octets_, begin + kSumAt, sum_of(std::string_view(octets_).substr(begin + kSummedAt)), 4);
}

std::string_view CommitGroup::pages()
{
    octets_.resize(whole_commit_pages(octets_.size()), '\0');
    return octets_;
}

std::string CommitGroup::give_back() &&
{
    return octets_.capacity() <= kMostKeptBytes ? std::move(octets_) : std::string();
}

std::size_t commit_bytes_of(std::size_t json_bytes)
{
    return kJsonAt + json_bytes;
}

std::uint64_t whole_commit_pages(std::uint64_t bytes)
{
    return (bytes + kCommitPageBytes - 1) / kCommitPageBytes * kCommitPageBytes;
}

CommitImage parse_commits(std::string_view content)
{
    CommitImage image;
    image.generation = generation_in(content.substr(0, kCommitPageBytes));
    if (image.generation == 0) return image;
    std::size_t at = kCommitPageBytes;
    while (at < content.size()) {
        auto length = take_entry(content.substr(at), image.generation, image);
        if (!length) {
            // The end of a group: the next begins with a page.
            const std::size_t next = whole_commit_pages(at);
            if (next == at || next >= content.size()) break;
            at = next;
            length = take_entry(content.substr(at), image.generation, image);
            if (!length) break;
        }
        at += *length;
    }
    return image;
}

}  // namespace mail
