#include "postmaster/mail_file.h"

#include <doctest/doctest.h>

#include <fstream>

#include "common/spool/record.h"
#include "tests/support/temporary_directory.h"

using namespace postmaster;
using mail::ErrorKind;

namespace
{

struct Folder {
    std::string put(const std::string& name, const std::string& octets)
    {
        const std::string path = directory.path() + "/" + name;
        std::ofstream(path, std::ios::binary) << octets;
        return path;
    }
    mail::test::TemporaryDirectory directory;
};

}  // namespace

TEST_SUITE("postmaster/mail_file")
{
    TEST_CASE("line ends become CRLF, however the octets come in; a lone CR stays")
    {
        const std::string given = "a: b\nc: d\r\n\n\r\nx\ry\r\r\nz";
        const std::string wanted = "a: b\r\nc: d\r\n\r\n\r\nx\ry\r\r\nz";
        for (std::size_t cut = 0; cut <= given.size(); ++cut) {
            CAPTURE(cut);
            CrlfText content;
            content.append(given.substr(0, cut));
            content.append(given.substr(cut));
            CHECK(content.text() == wanted);
        }
    }

    TEST_CASE("a record of the spool is read for its content and its envelope")
    {
        Folder folder;
        mail::Record record;
        record.id = *mail::SpoolId::parse("018f0000000070008000000000000001");
        record.envelope = {"web@app.example", {"ann@example.org"}, false};
        record.content = "Subject: x\r\n\r\nx\r\n";
        record.timestamp = "2026-11-20T08:27:27.123456";
        record.sha256 = mail::sha256_hex(record.content);
        const std::string json = *mail::encode_record(record);
        for (const char* name : {"018f0000000070008000000000000001.json", "renamed.json"}) {
            CAPTURE(name);
            const auto file = read_mail_file(folder.put(name, json));
            REQUIRE(file);
            CHECK(file->content == record.content);
            CHECK(file->envelope == record.envelope);
        }
        const auto plain = read_mail_file(folder.put("mail.eml", json));
        REQUIRE(plain);
        CHECK(plain->content == json);
        CHECK(read_mail_file(folder.put("018f0000000070008000000000000002.json", json))
                  .error()
                  .kind == ErrorKind::corrupt);
    }

    TEST_CASE("what is not there, and what is no file, is said")
    {
        Folder folder;
        CHECK_FALSE(read_mail_file(folder.directory.path() + "/none"));
        CHECK_FALSE(read_mail_file(folder.directory.path()));
        CHECK(read_mail_file(folder.put("empty.eml", ""))->content.empty());
    }
}
