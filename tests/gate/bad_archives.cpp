#include <zlib.h>

#include <stdexcept>

#include "common/base64.h"
#include "tests/gate/bad_mails.h"

namespace mail::test
{
namespace
{

/// Deflated; window_bits as zlib has them: -15 bare, 31 gzip.
std::string packed(std::string_view octets, int window_bits)
{
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::runtime_error("deflateInit2");
    std::string out(deflateBound(&stream, octets.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
    stream.avail_in = static_cast<uInt>(octets.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return out;
}

std::string little(std::uint64_t number, int octets)
{
    std::string text;
    for (int i = 0; i < octets; ++i) text += static_cast<char>(number >> (8 * i));
    return text;
}

struct Member {
    std::string name;
    std::string data;  // deflated
    std::uint64_t size = 0;
    std::uint32_t offset = 0;  // of its local header, in the archive
};

// APPNOTE 4.3.7 and 4.3.12, without what no reader needs.
std::string local_header(const Member& member)
{
    return "PK\3\4" + little(20, 2) + little(0, 2) + little(8, 2) + little(0, 8) +
           little(member.data.size(), 4) + little(member.size, 4) + little(member.name.size(), 2) +
           little(0, 2) + member.name;
}

std::string directory_entry(const Member& member)
{
    return "PK\1\2" + little(20, 2) + little(20, 2) + little(0, 2) + little(8, 2) + little(0, 8) +
           little(member.data.size(), 4) + little(member.size, 4) + little(member.name.size(), 2) +
           little(0, 12) + little(member.offset, 4) + member.name;
}

std::string end_of_directory(std::size_t entries, std::size_t size, std::size_t offset)
{
    return "PK\5\6" + little(0, 4) + little(entries, 2) + little(entries, 2) + little(size, 4) +
           little(offset, 4) + little(0, 2);
}

std::string zip_of(std::vector<Member> members)
{
    std::string archive, directory;
    for (auto& member : members) {
        member.offset = static_cast<std::uint32_t>(archive.size());
        archive += local_header(member) + member.data;
        directory += directory_entry(member);
    }
    return archive + directory + end_of_directory(members.size(), directory.size(), archive.size());
}

Member zeros(std::size_t size)
{
    return {"zeros", packed(std::string(size, '\0'), -15), size};
}

/// A thousand members that are all the same octets.
std::string overlapping()
{
    auto member = zeros(10'000'000);
    const auto archive = local_header(member) + member.data;
    std::string directory;
    for (int i = 0; i < 1000; ++i) directory += directory_entry(member);
    return archive + directory + end_of_directory(1000, directory.size(), archive.size());
}

std::string nested(std::string archive, int depth, int copies)
{
    for (int i = 0; i < depth; ++i) {
        const Member inner{"a.zip", packed(archive, -15), archive.size()};
        archive = zip_of(std::vector<Member>(copies, inner));
    }
    return archive;
}

/// The directory points at itself.
std::string biting_its_tail()
{
    Member member{"a.zip", "", 100};
    member.data = std::string(100, 'P');
    const auto entry = directory_entry(member);
    return entry + end_of_directory(65535, entry.size(), 0);
}

std::string gzip_in_gzip(int depth)
{
    auto octets = std::string(20'000'000, '\0');
    for (int i = 0; i < depth; ++i) octets = packed(octets, 31);
    return octets;
}

std::string many_members()
{
    return zip_of(std::vector<Member>(60'000, Member{"a", packed("a", -15), 1}));
}

std::string attached(const std::string& octets, std::string_view type = "application/zip")
{
    return mail_with_body(type, "base64", base64_encode(octets));
}

}  // namespace

std::vector<BadMail> bad_archives()
{
    return {
        {"a flat zip bomb", [] { return attached(zip_of({zeros(100'000'000)})); }},
        {"an overlapping zip bomb", [] { return attached(overlapping()); }},
        {"a nested zip bomb", [] { return attached(nested(zip_of({zeros(1'000'000)}), 5, 10)); }},
        {"zips 100 deep", [] { return attached(nested(zip_of({zeros(10)}), 100, 1)); }},
        {"a zip that bites its tail", [] { return attached(biting_its_tail()); }},
        {"a zip of 60,000 members", [] { return attached(many_members()); }},
        {"a zip that says nothing true",
         [] {
             auto member = zeros(1000);
             member.size = 0xFFFFFFFF;
             member.offset = 0x7FFFFFFF;
             const auto entry = directory_entry(member);
             return attached(local_header(member) + entry +
                             end_of_directory(1, 0xFFFFFFFF, 0xFFFFFFFE));
         }},
        {"a zip that is cut",
         [] {
             const auto whole = zip_of({zeros(1'000'000)});
             return attached(whole.substr(0, whole.size() / 2));
         }},
        {"local headers without end",
         [] {
             return attached(repeated(local_header({"a", "", 0}), 200'000));
         }},
        {"marks of a zip", [] { return attached(repeated("PK\3\4", 1'000'000)); }},
        {"marks of a directory",
         [] { return attached(repeated("PK\5\6", 1'000'000), "application/octet-stream"); }},
        {"a gzip bomb",
         [] { return attached(packed(std::string(200'000'000, '\0'), 31), "application/gzip"); }},
        {"gzips 20 deep", [] { return attached(gzip_in_gzip(20), "application/gzip"); }},
        {"100,000 gzip members",
         [] { return attached(repeated(packed("a", 31), 100'000), "application/gzip"); }},
        {"marks of a gzip",
         [] { return attached(repeated("\x1f\x8b\x08", 1'000'000), "application/gzip"); }},
        {"a gzip that is cut",
         [] {
             return attached(packed(std::string(1'000'000, 'a'), 31).substr(0, 500),
                             "application/gzip");
         }},
    };
}

}  // namespace mail::test
