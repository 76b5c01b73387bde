#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/privacy/collected_streams.h"

using namespace mail::privacy;
using mail::test::collect_streams;

namespace mail::privacy
{

std::ostream& operator<<(std::ostream& out, Region region)
{
    switch (region) {
        case Region::envelope:
            return out << "envelope";
        case Region::header:
            return out << "header";
        case Region::text:
            return out << "text";
        case Region::attachment:
            return out << "attachment";
    }
    return out;
}

}  // namespace mail::privacy

namespace
{

const std::string kMessage =
    "Subject: web1\r\n"
    "X-Folded: web2\r\n a\r\n"
    "Content-Type: multipart/signed; boundary=S\r\n\r\n"
    "web3 before\r\n"
    "--S\r\n"
    "Content-Type: multipart/mixed; boundary=M\r\n\r\n"
    "--M\r\n\r\nweb4\r\n"
    "--M\r\nContent-Type: text/plain; name=\"web5.log\"\r\n\r\nweb6\r\n"
    "--M\r\nContent-Type: text/calendar; name=\"i.ics\"\r\n\r\nweb7\r\n"
    "--M\r\nContent-Type: message/rfc822\r\n\r\n"
    "X-Inner: web8\r\nContent-Type: multipart/mixed; boundary=I\r\n\r\n"
    "--I\r\nContent-ID: web9\r\n\r\n--I\r\n\r\nweb10\r\n--I--\r\n"
    "--M--\r\n"
    "--S\r\nContent-Type: application/pgp-signature\r\n\r\nweb11\r\n"
    "--S--\r\nweb12 after\r\n";

}  // namespace

TEST_SUITE("privacy/streams")
{
    TEST_CASE("The raw stream says of each place where it is (RFC 9051 6.4.5.1)")
    {
        struct Row {
            std::string text;
            Region region;
            std::string header;
            std::string part;
            bool is_signed;
        };
        const std::vector<Row> rows = {
            {"web1\r", Region::header, "Subject", "", false},
            {"web2", Region::header, "X-Folded", "", false},
            {"web3", Region::text, "", "", true},
            {"web4", Region::text, "", "1.1", true},
            {"web5", Region::header, "Content-Type", "1.2", true},
            {"web6", Region::attachment, "", "1.2", true},
            {"web7", Region::text, "", "1.3", true},
            {"web8", Region::text, "X-Inner", "1.4", true},
            {"web9", Region::text, "Content-ID", "1.4.1", true},
            {"web10", Region::text, "", "1.4.2", true},
            {"web11", Region::attachment, "", "2", true},
            {"web12", Region::text, "", "", true},
        };
        const auto streams = collect_streams(kMessage);
        CHECK(streams.raw() == kMessage);
        for (const auto& row : rows) {
            CAPTURE(row.text);
            const auto* found = streams.showing(row.text);
            REQUIRE(found != nullptr);
            CHECK(found->place.stream == Stream::raw);
            CHECK(found->place.region == row.region);
            CHECK(found->place.header == row.header);
            CHECK(found->place.part == row.part);
            CHECK(found->place.is_signed == row.is_signed);
            CHECK(kMessage.substr(found->place.offset, found->octets.size()) == found->octets);
        }
    }

    TEST_CASE("A decoded stream says where its field or its body begins")
    {
        const std::string content =
            "Subject: =?utf-8?Q?web=31?=\r\nContent-Transfer-Encoding: "
            "quoted-printable\r\n\r\nweb=32";
        const auto streams = collect_streams(content);
        CHECK(streams.showing("web1")->place.offset == 0);
        CHECK(streams.showing("web1")->place.header == "Subject");
        CHECK(streams.showing("web2")->place.offset == content.find("web=32"));
        CHECK(streams.showing("web2")->place.part == "1");
    }

    TEST_CASE("Fields of a mail inside are a header's, in the stream of nested ones")
    {
        const auto streams = collect_streams(kMessage);
        bool has_found = false;
        for (const auto& each : streams.all) {
            if (each.place.stream != Stream::nested || each.place.header != "X-Inner") continue;
            has_found = true;
            CHECK(each.place.region == Region::header);
            CHECK(each.place.part == "1.4");
            CHECK(each.octets == "X-Inner: web8\r\n");
        }
        CHECK(has_found);
    }

    TEST_CASE("What is in an encoded mail is at the begin of that")
    {
        const std::string content =
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            "U3ViamVjdDogPT91dGYtOD9RP3dlYj0zMT89DQoNCg==";  // Subject: =?utf-8?Q?web=31?=
        const std::string inner =
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            "Subject: =3D?utf-8?Q?web=3D31?=3D\r\n\r\n";
        CHECK(collect_streams(content).read.is_complete);
        const auto streams = collect_streams(inner);
        const auto* found = streams.showing("web1");
        REQUIRE(found != nullptr);
        CHECK(found->place.stream == Stream::encoded_words);
        CHECK(found->place.header == "Subject");
        CHECK(found->place.part == "1");
        CHECK(found->place.offset == inner.find("Subject: =3D"));
    }
}
