#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/privacy/collected_streams.h"
#include "tests/privacy/packed.h"

using namespace mail::privacy;
using mail::test::base64_lines;
using mail::test::collect_streams;
using mail::test::gzip_of;
using mail::test::zip_of;

namespace
{

const std::string kSecret = "web1.internal";
const std::string kFile = "on web1.internal and web1.internal\n";

std::string attached(std::string_view octets)
{
    return "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
           base64_lines(octets);
}

std::string split_word()
{
    return "<w:p><w:r><w:t>web1</w:t></w:r><w:r><w:t>.internal</w:t></w:r></w:p>";
}

}  // namespace

TEST_SUITE("privacy/streams")
{
    TEST_CASE("Members of archives are read, whatever the part is called")
    {
        const std::string noise(300, 'x');
        const std::vector<std::string> rows = {
            zip_of({{"a.txt", kFile}}),
            zip_of({{"a.txt", noise}, {"dir/", "", false}, {"b.txt", kFile}}),
            zip_of({{"a.txt", kFile, true, 8}}),     // sizes behind the data
            zip_of({{"a.txt", kFile, true, 0, 0}}),  // the header lies about the method
            zip_of({{"inner.zip", zip_of({{"a.txt", kFile}})}}),  // one in another
            zip_of({{"inner.zip", zip_of({{"a.txt", kFile}}), false}}),
            zip_of({{"a.gz", gzip_of(kFile)}}),
            zip_of({{"word/document.xml", split_word()}}),
            zip_of({{"word/document.xml", split_word(), false}}),
            gzip_of(kFile),
            gzip_of(noise) + gzip_of(kFile),
            gzip_of(zip_of({{"a.txt", kFile}})),
            "#!/bin/sh\n" + noise + zip_of({{"a.txt", kFile}}),  // a program in front
            zip_of({{"a.txt", noise}}) + zip_of({{"b.txt", kFile}}),
            zip_of({{"a.txt", kFile}}).substr(0, 80),  // cut off
        };
        for (const auto& octets : rows) {
            CAPTURE(&octets - rows.data());
            const auto streams = collect_streams(attached(octets));
            CHECK(streams.showing(kSecret) != nullptr);
            CHECK(streams.read.is_complete);
        }
    }

    TEST_CASE("A stored member's last word ends with the member")
    {
        const auto streams = collect_streams(attached(zip_of({{"etc/hostname", kSecret, false}})));
        CHECK(streams.of(Stream::archive).find(kSecret + "\n") != std::string::npos);
    }

    TEST_CASE("A tar's users stand behind its version, and are read by themselves")
    {
        using namespace std::string_literals;
        std::string header(512, '\0');
        header.replace(0, 5, "a.txt");
        header.replace(345, 7, "srv/www");
        for (const auto& mark : {"ustar\0"
                                 "00"s,
                                 "ustar  \0"s}) {
            header.replace(257, 8, mark);
            header.replace(265, 8, "www-data");
            for (const auto& octets : {header, gzip_of(header), zip_of({{"a.tar", header}})}) {
                const auto streams = collect_streams(attached(octets));
                const auto shown = streams.of(Stream::archive);
                CHECK(shown.find("\nwww-data\n") != std::string::npos);
                CHECK(shown.find("\nsrv/www\n") != std::string::npos);
                CHECK(streams.read.is_complete);
            }
        }
        CHECK(collect_streams(attached("Mustard. ustar\0"s)).read.is_complete);
    }

    TEST_CASE("A member's place says where it is, and its name is looked into")
    {
        const auto streams =
            collect_streams(attached(zip_of({{"x/a.zip", zip_of({{"web9.txt", kFile}})}})));
        const auto* found = streams.showing(kSecret);
        REQUIRE(found != nullptr);
        CHECK(found->place.stream == Stream::archive);
        CHECK(found->place.region == Region::attachment);
        CHECK(found->place.part == "1");
        CHECK(found->place.member == "x/a.zip/web9.txt");
        CHECK(streams.of(Stream::archive).find("web9.txt\n") != std::string::npos);
    }

    TEST_CASE("What cannot be unpacked is said")
    {
        struct Row {
            std::string octets;
            std::string why;
        };
        using namespace std::string_literals;
        const std::vector<Row> rows = {
            {zip_of({{"a.txt", kFile, true, 1}}), "encrypted archive"},
            {zip_of({{"a.txt", kFile, true, 0, 12}}), "archive method 12"},
            {"7z\xBC\xAF\x27\x1C rest", "7z archive"},
            {"Rar!\x1A\x07 rest", "rar archive"},
            {"BZh91AY&SY rest", "bzip2 archive"},
            {"\x28\xB5\x2F\xFD rest", "zstd archive"},
            {"\xFD"
             "7zXZ\0 rest"s,
             "xz archive"},
            {"\x1F\x9D\x90 rest", "compress archive"},
            {"LZIP\1 rest", "lzip archive"},
            {"\x89LZO\0\r\n rest"s, "lzop archive"},
            {"MSCF\0\0\0\0 rest"s, "cabinet archive"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.why);
            const auto read = collect_streams(attached(row.octets)).read;
            CHECK_FALSE(read.is_complete);
            CHECK(read.why == row.why);
        }
        CHECK(collect_streams(attached("BZhong is a name")).read.is_complete);
    }

    TEST_CASE("Archives have limits, and what came before them is there")
    {
        StreamLimits limits;
        SUBCASE("members")
        {
            limits.archive_members = 2;
            const auto streams = collect_streams(
                attached(zip_of({{"a", kFile}, {"b", "second"}, {"c", "third"}})), limits);
            CHECK(streams.read.why == "too many archive members");
            CHECK(streams.showing("second") != nullptr);
            CHECK(streams.showing("third") == nullptr);
        }
        SUBCASE("unpacked octets")
        {
            limits.archive_bytes = 40;
            const auto streams =
                collect_streams(attached(zip_of({{"a", kFile}, {"b", kFile}})), limits);
            CHECK(streams.read.why == "too much in archives");
            CHECK(streams.showing(kSecret) != nullptr);
        }
        SUBCASE("a bomb")
        {
            const auto streams = collect_streams(
                attached(zip_of({{"a", std::string(50'000'000, '\0')}, {"b", kFile}})), limits);
            CHECK_FALSE(streams.read.is_complete);
            CHECK(streams.of(Stream::archive).size() < 21'000'000);
        }
        SUBCASE("archives in archives")
        {
            auto octets = kFile;
            for (int i = 0; i < 5; ++i) octets = gzip_of(octets);
            CHECK(collect_streams(attached(octets)).read.why == "archives 3 deep");
        }
    }
}
