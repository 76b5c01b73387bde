#include "common/privacy/streams.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/privacy/collected_streams.h"
#include "tests/privacy/packed.h"

using namespace mail::privacy;
using mail::test::base64_lines;
using mail::test::collect_streams;
using mail::test::zip_of;

namespace
{

const std::string kSecret = "web1.internal";

StreamSet without(Stream stream)
{
    auto streams = all_streams();
    streams.reset(static_cast<std::size_t>(stream));
    return streams;
}

/// UTF-16, little-endian, of ASCII.
std::string wide(std::string_view text)
{
    std::string octets;
    for (const char c : text) octets.append({c, '\0'});
    return octets;
}

/// Of two octets made four.
std::string wide4(std::string_view text)
{
    std::string octets;
    for (const char c : text) octets.append({c, '\0', '\0', '\0'});
    return octets.substr(0, octets.size() - 3);
}

}  // namespace

TEST_SUITE("privacy/streams")
{
    TEST_CASE("Each stream shows what no other does")
    {
        struct Row {
            Stream stream;
            std::string content;
        };
        const std::vector<Row> rows = {
            {Stream::raw, "Subject: web1.internal\r\n\r\ntext\r\n"},
            {Stream::raw, "Subject: x\r\n\r\non web1.internal\r\n"},
            {Stream::unfolded, "X-Id: <1@web1.\r\n internal>\r\n\r\n"},
            {Stream::encoded_words, "Subject: =?utf-8?Q?web1=2Einternal?=\r\n\r\n"},
            {Stream::encoded_words,
             "Subject: =?utf-8?B?d2Vi?= =?iso-8859-1?Q?1.inte?=\r\n =?utf-8?Q?rnal?=\r\n\r\n"},
            {Stream::parameters,
             "Content-Type: text/plain; name*0=\"web1.in\";\r\n name*1=ternal\r\n\r\n"},
            {Stream::header_token, "X-Source-Cap: dXNlcjt1c2VyO3dlYjEuaW50ZXJuYWw=\r\n\r\n"},
            {Stream::header_token, "X-Trace: id-776562312e696e7465726e616c\r\n\r\n"},
            {Stream::transfer,
             "Content-Transfer-Encoding: base64\r\n\r\nb24gd2ViMS5p\r\nbnRlcm5hbCEK\r\n"},
            {Stream::transfer,
             "Content-Transfer-Encoding: quoted-printable\r\n\r\non web1=2Ein=\r\nternal\r\n"},
            {Stream::uuencode,
             "\r\nsee\r\nbegin 644 a.txt\r\n-=V5B,2YI;G1E<FYA;```\r\n`\r\nend\r\n"},
            {Stream::charset,
             "Content-Type: text/plain; charset=utf-16le\r\n\r\n" + wide("on web1.internal")},
            {Stream::html, "Content-Type: text/html\r\n\r\n<p>web1<b></b>.internal</p>"},
            {Stream::html, "Content-Type: text/html\r\n\r\n<a href='http://web1&#46;internal'>x"},
            {Stream::html, "\r\non web1.inter\xC2\xADnal\r\n"},
            {Stream::nested,
             "Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?Q?web1=2Einternal?=\r\n\r\n"},
            {Stream::nested,
             "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
             "Diagnostic-Code: smtp; web1.\r\n internal\r\n"},
            {Stream::archive,
             "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64"
             "\r\n\r\n" +
                 base64_lines(zip_of({{"a.txt", "on web1.internal web1.internal"}}))},
            {Stream::percent, "\r\nhttp://x.example/?u=web1%2Einternal\r\n"},
            {Stream::percent, "List-Unsubscribe: <http://x.example/?u=web1%252einternal>\r\n\r\n"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.stream);
            CAPTURE(row.content);
            const auto* found = collect_streams(row.content).showing(kSecret);
            CHECK(found != nullptr);
            const auto rest = collect_streams(row.content, {}, without(row.stream));
            CHECK(rest.showing(kSecret) == nullptr);
            CHECK(rest.read.is_complete);
        }
    }

    TEST_CASE("The raw stream is the message, without a gap")
    {
        const std::vector<std::string> messages = {
            "",
            "Subject: x",
            "Subject: x\r\n\r\nbody",
            "no header\r\nat all: but this\r\n\r\ntext",
            "From ann Fri Nov 20\r\nSubject: x\r\n\r\nbody",
            "Content-Type: multipart/mixed; boundary=B\r\n\r\nbefore\r\n--B\r\nX: y\r\n\r\n"
            "one\r\n--B\r\nContent-Type: message/rfc822\r\n\r\nSubject: z\r\n\r\ntwo\r\n--B--\r\n"
            "after\r\n",
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            "U3ViamVjdDogeA0KDQppbm5lcg==\r\n",
        };
        for (const auto& content : messages) {
            CAPTURE(content);
            const auto streams = collect_streams(content);
            CHECK(streams.raw() == content);
            CHECK(streams.read.is_complete);
            std::size_t end = 0;
            for (const auto& each : streams.all) {
                if (each.place.stream != Stream::raw) continue;
                CHECK(each.place.offset == end);
                end += each.octets.size();
            }
        }
    }

    TEST_CASE("Text is found in whatever it was put")
    {
        const std::string text = "Content-Type: text/plain; charset=";
        const std::string html = "Content-Type: text/html; charset=";
        const std::string mixed = "Content-Type: multipart/mixed; boundary=B\r\n\r\n";
        const auto encoded = [](std::string_view octets) {
            return "\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64_lines(octets);
        };
        const std::vector<std::string> rows = {
            // charsets: right, wrong, missing
            text + "utf-16" + encoded("\xFF\xFE" + wide("on web1.internal")),
            text + "utf-16" + encoded(wide("on web1.internal")),
            text + "utf-8" + encoded(wide("on web1.internal")),
            "X: y" + encoded("x" + wide("on web1.internal")),
            "Content-Type: application/msword" + encoded("\1\2\0\3" + wide("web1.internal")),
            text + "utf-32be" + encoded(std::string("\0\0\0", 3) + wide4("web1.internal")),
            text + "utf-7\r\n\r\nweb1+AC4-internal",
            text + "iso-2022-jp\r\n\r\nweb1\x1B$B\x1B(B.internal",
            "\r\nweb1\x1B$B\x1B(B.internal",
            text + "ibm037" + encoded("\xA6\x85\x82\xF1\x4B\x89\x95\xA3\x85\x99\x95\x81\x93"),
            // html: entities, in attributes too, tags, what does not show
            html + "utf-8\r\n\r\nweb1&period;internal",
            html + "utf-8\r\n\r\nweb1&#46internal",
            html + "utf-8\r\n\r\nweb1&#x00002E;internal",
            html + "utf-8\r\n\r\n<span>web1</span><!-- x > -->.<i>internal</i>",
            html + "utf-8\r\n\r\nweb1.in<wbr>ter&shy;n&ZeroWidthSpace;al",
            html + "utf-8\r\n\r\n<img alt=\"a > b\" src=\"//web1&#x2e;internal/\">",
            html + "utf-8\r\n\r\n<a href=\"?u=web1%2einter&#x6e;al\">",
            html + "iso-8859-1\r\n\r\nweb1.inter\xADnal",
            html + "utf-16" + encoded(wide("<p>web1<b>.</b>internal")),
            "\r\n<html><body>web1<b>.</b>internal</body></html>",
            "Content-Type: application/octet-stream\r\n\r\n<html>web1<b>.</b>internal</html>",
            // percent behind other things
            html + "utf-8\r\n\r\nhttp://x/?web1&#37;2Einternal",
            html +
                "utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
                "http://x/?web1=\r\n%252=\r\nEinternal",
            // where the header does not say it
            "\r\nsee below\r\n\r\nb24gd2ViMS5p\r\nb24gd2ViMS5pbnRlcm5hbCEK\r\n",
            "\xEF\xBB\xBF"
            "Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\nd2ViMS5p\r\nbnRlcm5hbA==",
            "Subject: x\r\nno colon\r\nX-Id: =?utf-8?Q?web1=2Einternal?=\r\n\r\n",
            // parts
            mixed + "web1%2Einternal\r\n--B\r\n\r\n--B--\r\n",
            mixed + "--B\r\n\r\n--B--\r\nweb1%2Einternal\r\n",
            mixed + "--B\r\nContent-Type: text/plain; name=\"=?utf-8?Q?web1=2Einternal?=\"\r\n\r\n",
            mixed + "--B\r\nContent-Location: http://x/web1%2Einternal\r\n\r\n--B--",
            "Content-Type: message/rfc822" +
                encoded("Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
                        "d2ViMS5p\r\nbnRlcm5hbA=="),
            "Content-Type: message/partial\r\n\r\nX-A: web1%2Einternal\r\n\r\n",
            "Content-Type: text/rfc822-headers\r\n\r\nX-A: web1.\r\n internal\r\n",
            "Content-Type: message/disposition-notification" +
                encoded("Reporting-UA: web1.\r\n internal; x\r\n"),
            "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 "
            "a\r\n-=V5B,2YI;G1E<FYA;```\r\n`\r\nend",
            "\r\nbegin-base64 644 a\r\nd2ViMS5p\r\nbnRlcm5hbA==\r\n====\r\n",
            // fields
            "X-A: \"web1\\.internal\"\r\n\r\n",
            "X-A: dXNlcjt1c2VyO3dl\r\n YjEuaW50ZXJuYWw=\r\n\r\n",
            "X-A: id-d2ViMS5pbnRlcm5hbA==\r\n\r\n",
            "Subject: =?x-unheard?Q?web1=2Einternal?=\r\n\r\n",
            "Content-Disposition: attachment; filename*=utf-8''web1%2Einternal\r\n\r\n",
        };
        for (const auto& content : rows) {
            CAPTURE(content);
            const auto streams = collect_streams(content);
            CHECK(streams.showing(kSecret) != nullptr);
            CHECK(streams.raw().find(kSecret) == std::string::npos);
            CHECK(streams.read.is_complete);
        }
    }

    TEST_CASE("Quoted-printable is read where no header names it")
    {
        const std::string quoted = "on web1=2Ein=\r\nternal\r\n";
        const std::string part = "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + quoted;
        const std::vector<std::string> rows = {
            "Content-Transfer-Encoding: \"quoted-printable\"\r\n\r\n" + quoted,
            "\r\n----- Forwarded -----\r\n" + part,
            // which of two boundaries counts is the reader's choice
            "Content-Type: multipart/mixed; boundary=A; boundary=B\r\n\r\n--A\r\n\r\nx\r\n--A--\r\n"
            "--B\r\n" +
                part + "--B--\r\n",
            "Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=A\r\n\r\n--A\r\n" +
                part + "--A--\r\n",
            "Content-Type: application/octet-stream; name=a.eml\r\n\r\nSubject: x\r\n" + part,
            "Content-Type: application/octet-stream; name=a.eml\r\nContent-Transfer-Encoding: "
            "base64"
            "\r\n\r\n" +
                base64_lines("Subject: x\r\n" + part),
            "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                base64_lines(zip_of({{"a.eml", "Subject: x\r\n" + part}})),
            "Content-Type: text/vcard\r\n\r\nBEGIN:VCARD\r\n"
            "NOTE;ENCODING=QUOTED-PRINTABLE:web1=2Einternal\r\n",
        };
        for (const auto& content : rows) {
            CAPTURE(content);
            CHECK(collect_streams(content).showing(kSecret) != nullptr);
        }
    }

    TEST_CASE("Lines of calendars and cards are read without their folds (RFC 5545 3.1)")
    {
        const std::string folded = "DESCRIPTION:on web1.in\r\n ternal\r\n\tand more\r\n";
        const std::string calendar = "BEGIN:VCALENDAR\r\n" + folded + "END:VCALENDAR\r\n";
        const std::vector<std::string> rows = {
            "Content-Type: text/calendar\r\n\r\n" + folded,
            "Content-Type: text/plain\r\n\r\n" + calendar,
            "Content-Type: application/ics\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                base64_lines(calendar),
            "Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
                base64_lines(zip_of({{"a.ics", calendar}})),
        };
        for (const auto& content : rows) {
            CAPTURE(content);
            CHECK(collect_streams(content).of(Stream::unfolded).find("web1.internaland more\r\n") !=
                  std::string::npos);
        }
        CHECK(collect_streams(
                  "Content-Type: text/calendar\r\n\r\nURL:http://web1%2Ein\r\n ternal/\r\n")
                  .showing(kSecret) != nullptr);
        CHECK(collect_streams("\r\nweb1.in\r\n ternal\r\n").showing(kSecret) == nullptr);
    }

    TEST_CASE("What does not show is gone, and other forms of ASCII are ASCII, in fields and tags")
    {
        const std::string other = "web\xEF\xBC\x91\xE3\x80\x82inter\xE2\x80\x8Bnal";
        const std::vector<std::string> rows = {
            "Subject: " + other + "\r\n\r\n",
            "Subject: =?utf-8?Q?web=EF=BC=91=2Einter=C2=ADnal?=\r\n\r\n",
            "Content-Type: text/plain; name*=utf-8''web%EF%BC%91.internal\r\n\r\n",
            "List-Help: <http://web1%E3%80%82internal/>\r\n\r\n",
            "\r\non " + other + "\r\n",
            "\r\nhttp://web1%E3%80%82internal/\r\n",
            "Content-Type: text/html\r\n\r\n<a href='http://" + other + "/'>x</a>",
            "Content-Type: text/html\r\n\r\n<a href='http://web1&#12290;internal/'>x</a>",
            "Content-Type: text/html\r\n\r\n<p>web1.inter" + std::string(1, '\0') + "nal</p>",
            "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\nweb\x1B$B#1\x1B(B.internal\r\n",
            "Content-Type: text/plain; charset='utf-7'\r\n\r\nweb1+AC4-internal\r\n",
        };
        for (const auto& content : rows) {
            CAPTURE(content);
            CHECK(collect_streams(content).showing(kSecret) != nullptr);
        }
    }

    TEST_CASE("An address in a tag is on one line, as browsers read it (WHATWG URL 4.1)")
    {
        const std::string html = "Content-Type: text/html\r\n\r\n";
        for (const std::string tag :
             {"<a href=\"http://web1.\r\ninternal/\">x</a>",
              "<a href='http://web1.\tinternal/'>x</a>",
              "<a title = \"a>b\" href=\r\n'http://web1&#46;\n\ninternal/'>x</a>",
              "<img src=\"http://web1%2E\ninternal/\">"}) {
            CAPTURE(tag);
            CHECK(collect_streams(html + tag).showing(kSecret) != nullptr);
        }
        for (const std::string tag : {"web1.\r\ninternal", "<p>web1.\ninternal</p>",
                                      "<p a=b>'web1.\ninternal'</p>", "1 < 2 ='web1.\ninternal'"}) {
            CAPTURE(tag);
            CHECK(collect_streams(html + tag).showing(kSecret) == nullptr);
        }
    }

    TEST_CASE("A phrase that was folded with a tab is the same phrase")
    {
        const auto streams = collect_streams("Subject: project\r\n\tfalcon\r\n\r\n");
        CHECK(streams.showing("project falcon") != nullptr);
    }

    TEST_CASE("A text in UTF-16 is read in an archive too, where not all of it is ASCII")
    {
        const auto text =
            "\xFF\xFE" + wide("gr") + "\xF6" + std::string(1, '\0') + wide("se.example");
        const auto streams =
            collect_streams("Content-Type: application/zip\r\n\r\n" + zip_of({{"a.txt", text}}));
        CHECK(streams.showing("gr\xC3\xB6se.example") != nullptr);
    }

    TEST_CASE("Nothing is missed where a piece ends")
    {
        const std::string head = "Content-Type: text/html; charset=utf-8\r\n\r\n";
        const std::vector<std::string> ways = {
            "web1&#46;internal", "web1<b></b>.internal",  "web1%2Einternal",
            "web1%252Einternal", "web1.inter\xC2\xADnal", "<a b=\"web1&#46;internal\">"};
        for (const auto& way : ways) {
            for (std::size_t before = 16 * 1024 - way.size() - 2; before < 16 * 1024 + 2;
                 ++before) {
                CAPTURE(way);
                CAPTURE(before);
                const auto body = std::string(before, ' ') + way + std::string(5000, ' ');
                CHECK(collect_streams(head + body).showing(kSecret) != nullptr);
            }
        }
    }
}
