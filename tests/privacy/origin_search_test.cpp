#include "common/privacy/origin_search.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using namespace mail::privacy;

namespace
{

OriginValues values_of(const std::vector<std::string>& texts)
{
    OriginValues values;
    for (const auto& text : texts) {
        auto value = parse_origin_value(text);
        REQUIRE_MESSAGE(value.has_value(), text);
        values.add(*value);
    }
    return values;
}

std::string base64(std::string_view text)
{
    constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string result;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        unsigned bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits =
                bits << 8 | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
        }
        for (unsigned i = 0; i < 4; ++i) {
            const bool is_there = at + i <= text.size();
            result += is_there ? kAlphabet[bits >> (18 - 6 * i) & 63] : '=';
        }
    }
    return result;
}

struct Row {
    std::string value;
    Form form;
    std::string text;
    Region region = Region::text;
};

/// One text for each way in which a form is written.
std::vector<Row> shown()
{
    const std::string nibbles =
        "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
    std::vector<Row> rows = {
        {"10.0.0.5", Form::plain, "10.0.0.5"},
        {"10.0.0.5", Form::plain, "from web1 ([10.0.0.5]:25) by"},
        {"10.0.0.5", Form::plain, "client-ip=10.0.0.5;"},
        {"10.0.0.5", Form::plain, "It is 10.0.0.5. And more."},
        {"10.0.0.5", Form::plain, "10.0.0.1-10.0.0.5"},
        {"10.0.0.5", Form::plain, "10.0.0.5/24"},
        {"10.0.0.5", Form::plain, "ip4:10.0.0.5"},
        {"10.0.0.5", Form::plain, "http://10.0.0.5.nip.io/"},
        {"10.0.0.5", Form::plain, "error\\n10.0.0.5"},
        {"/var/www/shop", Form::plain, "/var/www//shop/index.php"},
        {"10.0.0.5", Form::zero_padded, "010.000.000.005"},
        {"10.0.0.5", Form::zero_padded, "10.0.0.05"},
        {"10.0.0.5", Form::integer, "http://167772165/x"},
        {"10.0.0.5", Form::integer, "<20261120.167772165.1@x>"},
        {"10.0.0.5", Form::integer, "http://10.5/"},
        {"10.0.0.5", Form::integer, "http://user@10.0.5:8080/x"},
        {"10.0.0.5", Form::integer, "<a href=\"//0xa.5\">"},
        {"10.0.0.5", Form::integer, "ftp://012.0.5"},
        {"10.0.0.5", Form::integer, "http://10.5."},
        {"10.0.0.5", Form::hexadecimal, "0x0a000005"},
        {"10.0.0.5", Form::hexadecimal, "0xA000005"},
        {"10.0.0.5", Form::hexadecimal, "<1234.0A000005.77@x>"},
        {"10.0.0.5", Form::hexadecimal, "0x0a.0x0.0x0.0x5"},
        {"10.0.0.5", Form::hexadecimal, "0a.00.00.05"},
        {"10.0.0.5", Form::octal, "012.0.0.05"},
        {"10.0.0.5", Form::octal, "0012.0000.0000.0005"},
        {"10.0.0.5", Form::octal, "01200000005"},
        {"10.0.0.5", Form::mapped_ipv6, "::ffff:10.0.0.5"},
        {"10.0.0.5", Form::mapped_ipv6, "[IPv6:::FFFF:10.0.0.5]"},
        {"10.0.0.5", Form::mapped_ipv6, "::ffff:0a00:0005"},
        {"10.0.0.5", Form::mapped_ipv6, "0:0:0:0:0:ffff:a00:5"},
        {"10.0.0.5", Form::mapped_ipv6, "64:ff9b::10.0.0.5"},
        {"10.0.0.5", Form::mapped_ipv6, "2002:a00:5::1"},
        {"10.0.0.5", Form::reverse_name, "5.0.0.10.in-addr.arpa"},
        {"10.0.0.5", Form::reverse_name, "5.0.0.10.static.isp.example"},
        {"10.0.0.5", Form::reverse_name, "static.5.0.0.10.isp.example"},
        {"10.0.0.5", Form::reverse_name, "5-0-0-10.dsl.isp.example"},
        {"10.0.0.5", Form::dashed, "ip-10-0-0-5.ec2.internal"},
        {"10.0.0.5", Form::dashed, "ec2-10-0-0-5"},
        {"10.0.0.5", Form::dashed, "host10-0-0-5.example"},
        {"10.0.0.5", Form::dashed, "010-000-000-005.example"},
        {"10.0.0.0/8", Form::plain, "10.254.3.9"},
        {"10.0.0.0/8", Form::zero_padded, "010.254.003.009"},
        {"10.0.0.0/8", Form::integer, "http://167772165/x"},
        {"10.0.0.0/24", Form::integer, "id 167772260"},
        {"10.0.0.0/24", Form::hexadecimal, "id 0a0000fe"},
        {"10.0.0.0/8", Form::hexadecimal, "http://0x0a000005/"},
        {"10.0.0.0/8", Form::octal, "012.0.0.05"},
        {"10.0.0.0/8", Form::mapped_ipv6, "::ffff:a00:5"},
        {"10.0.0.0/8", Form::reverse_name, "9.3.254.10.in-addr.arpa"},
        {"10.0.0.0/8", Form::dashed, "ip-10-254-3-9"},
        {"2001:db8::5", Form::plain, "2001:db8::5"},
        {"2001:db8::5", Form::plain, "[IPv6:2001:DB8::5]:25"},
        {"2001:db8::5", Form::plain, "2001:db8::5%eth0"},
        {"2001:db8::5", Form::plain, "2001:db8::5/64"},
        {"2001:db8::5", Form::plain, "connect to 2001:db8::5: refused"},
        {"2001:db8::5", Form::plain, "client-ip:2001:db8::5."},
        {"2001:db8::5", Form::full_ipv6, "2001:0db8:0000:0000:0000:0000:0000:0005"},
        {"2001:db8::5", Form::full_ipv6, "2001:db8:0:0:0:0:0:5"},
        {"2001:db8::5", Form::full_ipv6, "2001:db8:0:0:0:0:0:5:25"},
        {"2001:db8::5", Form::full_ipv6, "2001:0db8::0005"},
        {"2001:db8::5", Form::hexadecimal, "20010db8000000000000000000000005"},
        {"2001:db8::5", Form::integer, "42540766411282592856903984951653826565"},
        {"2001:db8::5", Form::reverse_name, nibbles},
        {"2001:db8::/32", Form::plain, "2001:db8:1:2::3"},
        {"2001:db8::/32", Form::full_ipv6, "2001:0db8:0001:0002:0000:0000:0000:0003"},
        {"2001:db8::/32", Form::reverse_name, nibbles},
        {"web1.internal.example", Form::plain, "by Web1.Internal.Example (Postfix)"},
        {"web1.internal.example", Form::plain, "foo.web1.internal.example"},
        {"web1.internal.example", Form::plain, "web1.internal.example.more"},
        {"web1.internal.example", Form::plain, "\xE2\x80\x9Eweb1.internal.example\xE2\x80\x9C"},
        {"web1.internal.example", Form::plain, "=_web1.internal.example_="},
        {"web1.internal.example", Form::short_name, "root@web1", Region::header},
        {"web1.internal.example", Form::short_name, "web1.localdomain", Region::header},
        {"mail.internal.example", Form::short_name, "root@mail", Region::envelope},
        {"b\xC3\xBC"
         "cher.example",
         Form::plain,
         "B\xC3\xBC"
         "cher.example"},
        {"b\xC3\xBC"
         "cher.example",
         Form::plain,
         "B\xC3\x9C"
         "CHER.EXAMPLE"},
        {"b\xC3\xBC"
         "cher.example",
         Form::punycode, "XN--Bcher-kva.example"},
        {"xn--bcher-kva.example", Form::plain, "xn--bcher-kva.example"},
        {"xn--bcher-kva.example", Form::unicode,
         "b\xC3\xBC"
         "cher.example"},
        {"xn--bcher-kva.example", Form::unicode,
         "B\xC3\x9C"
         "CHER.example"},
        {".corp.example", Form::plain, "db7.corp.example"},
        {".b\xC3\xBC"
         "cher.example",
         Form::punycode, "db.xn--bcher-kva.example"},
        {"www-data", Form::plain, "/home/www-data/x"},
        {"web1", Form::plain, "root@web1"},
        {"mx", Form::plain, "by mx with"},
        {"/var/www", Form::plain, "in /var/www/html/x.php"},
        {"/var/www", Form::plain, "in /var/www."},
        {"/var/www", Form::plain, R"({"file":"\/var\/www\/x.php"})"},
        {"path:C:\\inetpub", Form::plain, R"({"file":"c:\\inetpub\\x.asp"})"},
        {"text:Project Falcon", Form::plain, "about project falcon!"},
        {"text:Project Falcon", Form::plain, "about project\r\nfalcon!"},
        {"text:Project Falcon", Form::plain, "about project \r\nfalcon!"},
    };
    for (const auto* value : {"10.0.0.5", "10.0.0.0/8", "10.0.0.0/24", "10.0.0.4/30"}) {
        for (const auto* before : {"", "a ", "ab "}) {
            rows.push_back({value, Form::base64, base64(before + std::string("10.0.0.5, and"))});
            rows.push_back({value, Form::base64, base64(before + std::string("10.0.0.5"))});
        }
    }
    for (const auto* value :
         {"2001:db8::/32", "2001:db8::/64", "2001:db8::/120", "2001:d00::/24"}) {
        for (const auto* before : {"", "a ", "ab "}) {
            rows.push_back({value, Form::base64, base64(before + std::string("2001:db8::5"))});
        }
    }
    for (const std::string value : {"web1.internal.example", ".corp.example", "www-data",
                                    "/var/www", "text:Project Falcon", "2001:db8::5"}) {
        const auto text = value.substr(value.starts_with("text:") ? 5 : 0);
        for (const auto* before : {"", " ", "  ", "abcd=", "(((((("}) {
            rows.push_back({value, Form::base64, base64(before + text + ".")});
        }
    }
    return rows;
}

std::vector<Form> forms_in(const Row& row, const FormSet& forms = all_forms())
{
    const OriginSearch search(values_of({row.value}), forms);
    std::vector<Form> found;
    for (const auto& hit : search.find(row.text, row.region)) {
        CHECK(hit.begin < hit.end);
        CHECK(hit.end <= row.text.size());
        found.push_back(hit.form);
    }
    return found;
}

/// All rows as one mail, and what it hides; `padding` moves the text over the blocks of the scan.
std::string everything_shown(std::size_t padding)
{
    std::string text(padding, 'x');
    for (const auto& row : shown()) text += "\r\n" + row.text;
    return text + "\r\n";
}

OriginValues all_values()
{
    std::vector<std::string> texts;
    for (const auto& row : shown()) texts.push_back(row.value);
    return values_of(texts);
}

using Place = std::tuple<std::uint64_t, std::uint64_t, std::size_t, Form>;

std::vector<Place> places(const std::vector<OriginHit>& hits)
{
    std::vector<Place> result;
    for (const auto& hit : hits) result.emplace_back(hit.begin, hit.end, hit.value, hit.form);
    return result;
}

std::vector<Place> scanned(OriginScan& scan, const std::vector<std::string_view>& pieces)
{
    std::vector<OriginHit> hits;
    scan.begin(Region::header);
    for (const auto piece : pieces) scan.feed(piece, hits);
    scan.end(hits);
    return places(hits);
}

bool holds(const std::vector<Form>& forms, Form form)
{
    return std::find(forms.begin(), forms.end(), form) != forms.end();
}

}  // namespace

TEST_SUITE("privacy/origin_search")
{
    TEST_CASE("A value is found in every form that it is written in")
    {
        for (const auto& row : shown()) {
            CAPTURE(row.value);
            CAPTURE(row.text);
            CAPTURE(form_name(row.form));
            CHECK(holds(forms_in(row), row.form));
        }
    }

    TEST_CASE("A form left out is the one that is not found any more, by name")
    {
        std::set<Form> seen;
        for (const auto& row : shown()) {
            CAPTURE(row.value);
            CAPTURE(row.text);
            CAPTURE(form_name(row.form));
            auto others = all_forms();
            others.reset(static_cast<std::size_t>(row.form));
            CHECK_FALSE(holds(forms_in(row, others), row.form));
            FormSet alone;
            alone.set(static_cast<std::size_t>(row.form));
            CHECK(holds(forms_in(row, alone), row.form));
            seen.insert(row.form);
        }
        CHECK(seen.size() == kForms);
    }

    TEST_CASE("What only looks like a value is none")
    {
        const std::vector<Row> rows = {
            {"10.0.0.0/8", Form::integer, "[170123456] Your ticket"},
            {"deploy", Form::base64,  // "redeploy" over two lines
             "\neHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHJl\r\n"
             "ZGVwbG95OyBhbmQgb24="},
            {"10.0.0.5", Form::plain, "110.0.0.53"},
            {"10.0.0.5", Form::plain, "10.0.0.53"},
            {"10.0.0.5", Form::plain, "110.0.0.5"},
            {"10.0.0.5", Form::plain, "10.0.19041.1"},
            {"10.0.0.5", Form::plain, "1.10.0.0.5"},
            {"10.0.0.5", Form::plain, "10.0.0.5.1"},
            {"10.0.0.5", Form::plain, "v10.0.0.5"},
            {"10.0.0.5", Form::plain, "10.0.0.5a"},
            {"10.0.0.5", Form::plain, "10.0.0"},
            {"10.0.0.5", Form::plain, "5.0.0.10"},
            {"10.0.0.5", Form::plain, "it is 10.5, a/10.5, npm i x@10.5, y; //10.5"},
            {"10.0.0.5", Form::plain,
             "http://10.5.example/ http://10.5-a/ http://110.5/ http://x/10.5"},
            {"10.0.0.5", Form::plain, "http://10.08.5/ http://10.0.0.5.5/ http://10.256.5/"},
            {"10.0.0.5", Form::plain, "10.0.0.5.in-addr.arpa"},
            {"10.0.0.5", Form::plain, "1.5.0.0.10.in-addr.arpa"},
            {"10.0.0.5", Form::plain, "010.000.000.053"},
            {"10.0.0.5", Form::plain, "1167772165"},
            {"10.0.0.5", Form::plain, "1677721650"},
            {"10.0.0.5", Form::plain, "0.167772165"},
            {"10.0.0.5", Form::plain, "167772165.25"},
            {"10.0.0.5", Form::plain, "id167772165"},
            {"10.0.0.5", Form::plain, "d0a000005"},
            {"10.0.0.5", Form::plain, "9f0a00000511aa"},
            {"10.0.0.5", Form::plain, "0x0a0000051"},
            {"10.0.0.5", Form::plain, "10-0-0-53"},
            {"10.0.0.5", Form::plain, "1-10-0-0-5"},
            {"10.0.0.5", Form::plain, "10-0-0-5-1"},
            {"10.0.0.5", Form::plain, "ip-5-0-0-10.ec2.internal"},
            {"10.0.0.5", Form::plain, "::ffff:10.0.0.53"},
            {"10.0.0.5", Form::plain, "0a.00.00.05.1f"},
            {"10.0.0.5", Form::plain, base64("110.0.0.53")},
            {"10.0.0.5", Form::plain, base64("x 10.0.0.53 y")},
            {"10.0.0.0/8", Form::plain, "11.0.0.1"},
            {"10.0.0.0/8", Form::plain, "tracking number 170000000"},
            {"10.0.0.0/8", Form::plain, "commit 0a3f0012"},
            {"10.0.0.0/24", Form::plain, "10.0.1.5"},
            {"10.0.0.4/30", Form::plain, "10.0.0.8"},
            {"10.0.0.0/24", Form::plain, base64("ab 10.0.1.5 cd")},
            {"2001:db8::5", Form::plain, "2001:db8::53"},
            {"2001:db8::5", Form::plain, "12001:db8::5"},
            {"2001:db8::5", Form::plain, "1:2001:db8::5"},
            {"2001:db8::5", Form::plain, "2001:db8::5g"},
            {"2001:db8::5", Form::plain, "2001:db8::1:5"},
            {"2001:db8::5", Form::plain, "Foo2001::db8::5"},
            {"2001:db8::5", Form::plain, "120010db8000000000000000000000005"},
            {"web1.internal.example", Form::plain, "myweb1.internal.example"},
            {"web1.internal.example", Form::plain, "web1.internal.examples"},
            {"web1.internal.example", Form::plain, "web1-internal.example"},
            {"web1.internal.example", Form::plain, base64("x myweb1.internal.example")},
            {"web1.internal.example", Form::plain, "root@web1", Region::text},
            {"web1.internal.example", Form::plain, "web12 is up", Region::header},
            {"web1.internal.example", Form::plain, "web1.other.example", Region::header},
            {"mail.internal.example", Form::plain, "Your mail is here", Region::header},
            {"mail.internal.example", Form::plain, "<1@mail.gmail.com>", Region::header},
            {".corp.example", Form::plain, "corp.example"},
            {".corp.example", Form::plain, "a.corp.examples"},
            {"/var/www", Form::plain, "/var/wwwroot"},
            {"mx", Form::plain, "mxa amx"},
            {"bob", Form::plain, "bobby kebob"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.value);
            CAPTURE(row.text);
            CHECK(forms_in(row).empty());
        }
    }

    TEST_CASE("Where the pieces are cut changes nothing")
    {
        const OriginSearch search(all_values());
        OriginScan scan(search);
        for (const std::size_t padding : {0U, 1U, 7U, 23'000U, 24'400U, 50'000U}) {
            CAPTURE(padding);
            const auto text = everything_shown(padding);
            const std::string_view all = text;
            const auto whole = places(search.find(text, Region::header));
            CHECK(whole.size() > 50);
            for (std::size_t cut = padding; cut <= text.size(); cut += 1 + padding / 1000) {
                CHECK(scanned(scan, {all.substr(0, cut), all.substr(cut)}) == whole);
            }
            for (const std::size_t size : {1U, 2U, 3U, 64U, 1000U, 24'576U}) {
                std::vector<std::string_view> pieces;
                for (std::size_t at = 0; at < all.size(); at += size) {
                    pieces.push_back(all.substr(at, size));
                }
                CHECK(scanned(scan, pieces) == whole);
            }
        }
    }

    TEST_CASE("Where a value stands in a long text changes nothing")
    {
        const OriginSearch search(all_values());
        OriginScan scan(search);
        const auto rows = shown();
        for (std::size_t at = 24'000; at < 25'100; ++at) {
            const auto& row = rows[at % rows.size()];
            if (row.region != Region::text) continue;
            CAPTURE(at);
            CAPTURE(row.text);
            std::vector<Place> moved = places(search.find("\n" + row.text + "\n", Region::text));
            for (auto& [begin, end, value, form] : moved) begin += at, end += at;
            const auto text =
                std::string(at, 'x') + "\n" + row.text + "\n" + std::string(30'000, 'x');
            CHECK(places(search.find(text, Region::text)) == moved);
        }
    }

    TEST_CASE("Of a value in one form the first few places are told, and the others' too")
    {
        const OriginSearch search(values_of({"10.0.0.5", "web1.internal.example"}));
        std::string text;
        for (int i = 0; i < 10'000; ++i) text += "10.0.0.5 ";
        const auto many = search.find(text + "web1.internal.example", Region::text);
        REQUIRE(many.size() > 1);
        CHECK(many.size() < 10);
        CHECK(many.front().begin == 0);
        CHECK(many.back().value == 1);
    }

    TEST_CASE("Values that begin with each other, or are the same word, are each found")
    {
        const OriginSearch search(values_of({"web1.corp", "web1.corp.example", "host:web1",
                                             "user:web1", "web1.corp.example.org", ".corp"}));
        std::set<std::size_t> found;
        for (const auto& hit : search.find("at web1.corp.example.com", Region::text)) {
            CHECK(hit.form == Form::plain);
            found.insert(hit.value);
        }
        CHECK(found == std::set<std::size_t>{0, 1, 2, 3, 5});
    }

    TEST_CASE("Base64 shows a value over the end of a line, wherever it is cut")
    {
        const std::string before = "Here it is: the configuration of ";
        for (const std::string value : {"10.0.0.5", "web1.internal.example", "2001:db8::5"}) {
            const OriginSearch search(values_of({value}));
            const auto text = base64(before + value + ", and more of it");
            for (std::size_t cut = 20; cut < text.size() - 4; ++cut) {
                for (const auto* line_end : {"\r\n", "\n", "\r\n ", "\r\n> "}) {
                    CAPTURE(value);
                    CAPTURE(cut);
                    const auto lines = text.substr(0, cut) + line_end + text.substr(cut);
                    const auto hits = search.find(lines, Region::text);
                    REQUIRE(hits.size() == 1);
                    CHECK(hits[0].form == Form::base64);
                    CHECK(hits[0].begin >= before.size() * 4 / 3);
                    CHECK(hits[0].end <= lines.size());
                }
            }
        }
    }

    TEST_CASE("A scan serves one stream after another")
    {
        const OriginSearch search(values_of({"10.0.0.5"}));
        OriginScan scan(search);
        CHECK(scanned(scan, {"10.0."}).empty());
        CHECK(scanned(scan, {"0.5"}).empty());
        CHECK(scanned(scan, {"10.0.0.5"}).size() == 1);
        CHECK(scanned(scan, {}).empty());
    }

    TEST_CASE("Fifty thousand values are looked for as well as one")
    {
        OriginValues values;
        std::vector<OriginValue> many;
        for (int i = 0; i < 50'000; ++i) {
            const auto number = std::to_string(i);
            const auto text =
                i % 2 == 0 ? "web" + number + ".internal.example"
                           : "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250);
            many.push_back(*parse_origin_value(text));
        }
        const OriginSearch search{OriginValues(std::move(many))};
        const auto hits =
            search.find("web31416.internal.example 10.1.4.7 web7.internal.example", Region::text);
        REQUIRE(hits.size() == 2);
        CHECK(search.values().all()[hits[0].value].value == "web31416.internal.example");
        CHECK(search.values().all()[hits[1].value].value == "10.1.4.7");
    }

    TEST_CASE("What is no word to look for is looked for in no form")
    {
        for (const auto* text : {"user:a", "text:-", "path:/a"}) {
            CAPTURE(text);
            const OriginSearch search(values_of({text}));
            CHECK(search.forms_of(0).empty());
            CHECK(search.find("a - /a", Region::header).empty());
        }
        CHECK(OriginSearch(OriginValues()).find("10.0.0.5", Region::header).empty());
        OriginValues empty;
        empty.add({OriginValue::Kind::text, "", false});
        CHECK(OriginSearch(std::move(empty)).find("10.0.0.5", Region::header).empty());
    }

    TEST_CASE("Short words do not turn up by chance in what is no text")
    {
        const OriginSearch search(values_of({"bob"}));
        CHECK(search.find("\x01\x80 bob\x02\xff", Region::attachment).empty());
        CHECK(search.find("by bob, at", Region::attachment).size() == 1);
        const std::string_view base64_text =
            "dGhpcyBpcyBub3QgYSB3b3JkIGJ1dCBiYXNlNj/bob+0IG9mIHNvbWUgb3RoZXIgdGhpbmcgdGhhdCBp";
        CHECK(search.find(base64_text, Region::text).empty());
        CHECK(search.find("/home/bob/x", Region::text).size() == 1);
    }

    TEST_CASE("The forms that people are shown are found")
    {
        for (const auto* text : {"10.0.0.5", "2001:db8::5", "web1.internal.example",
                                 "b\xC3\xBC"
                                 "cher.example",
                                 "www-data", "/var/www/shop"}) {
            const OriginSearch search(values_of({text}));
            for (const auto& shown_form : search.forms_of(0)) {
                CAPTURE(shown_form.text);
                if (shown_form.form == Form::base64) continue;  // the middle of it only
                const auto hits = search.find(shown_form.text, Region::header);
                CHECK(std::any_of(hits.begin(), hits.end(), [&](const OriginHit& hit) {
                    return hit.form == shown_form.form;
                }));
            }
        }
        const OriginSearch network(values_of({"10.0.0.0/8"}));
        CHECK(network.forms_of(0).front().text == "each address in it, as in 10.0.0.0");
    }
}
