/// The quick reader of records against the library's: what it reads at all, it reads the same.
#include <doctest/doctest.h>

#include <random>

#include "common/spool/record.h"
#include "common/spool/record_members.h"

using namespace mail;

namespace
{

const SpoolId kId = *SpoolId::parse("0199a7c2d1e47b3a9c5d00112233aabb");

class Chance
{
public:
    explicit Chance(unsigned seed) : engine_(seed) {}
    std::size_t below(std::size_t end) { return engine_() % end; }

    std::string octets(std::size_t most, unsigned lowest, unsigned highest)
    {
        std::string text;
        for (std::size_t size = below(most + 1); text.size() < size;)
            text += static_cast<char>(lowest + below(highest - lowest + 1));
        return text;
    }

    /// UTF-8, mostly ASCII, with line ends and now and then something odd.
    std::string text(std::size_t most)
    {
        static const std::string kPieces[] = {"ü",  "€",  "😀",    "\r\n", "\"",
                                              "\\", "\t", {'\0'}, "\x7f"};
        std::string text;
        for (std::size_t size = below(most + 1); text.size() < size;)
            text += below(6) == 0 ? kPieces[below(std::size(kPieces))] : octets(20, ' ', '~');
        return text;
    }

private:
    std::mt19937 engine_;
};

Record some_record(Chance& chance)
{
    Record record;
    record.id = kId;
    record.envelope.reverse_path = chance.text(30);
    for (std::size_t i = 0, count = 1 + chance.below(4); i < count; ++i)
        record.envelope.recipients.push_back(chance.text(30));
    record.envelope.smtputf8 = chance.below(2) == 0;
    record.subject = chance.text(60);
    record.content = chance.below(3) == 0 ? chance.octets(300, 0, 255) : chance.text(600);
    record.timestamp = "2026-11-20T08:27:27.123456";
    record.sha256 = sha256_hex(record.content);
    return record;
}

/// One octet changed, put in or taken out; or a piece of it doubled.
std::string damaged(std::string json, Chance& chance)
{
    static const std::string kOdd = "\"\\{}[],: u0aeX\x01\x80\xc3\n";
    const std::size_t place = chance.below(json.size());
    const char odd = kOdd[chance.below(kOdd.size())];
    switch (chance.below(4)) {
        case 0:
            json[place] = odd;
            break;
        case 1:
            json.insert(place, 1, odd);
            break;
        case 2:
            json.erase(place, 1 + chance.below(5));
            break;
        default:
            json.insert(place, json.substr(chance.below(json.size()), chance.below(40)));
    }
    return json;
}

/// Returns whether the quick reader took it.
bool check_same(const std::string& json)
{
    CAPTURE(json);
    const auto own = read_own_record(json);
    if (!own) return false;
    const auto any = read_any_record(json);
    REQUIRE(any);
    REQUIRE(*own == *any);
    return true;
}

}  // namespace

TEST_SUITE("common/spool/record_readers")
{
    TEST_CASE("whatever we write, the quick reader reads, and as the library does")
    {
        Chance chance(1);
        for (int i = 0; i < 3000; ++i) {
            const Record record = some_record(chance);
            const auto json = encode_record(record);
            REQUIRE(json);
            REQUIRE(check_same(*json));
            REQUIRE(*decode_record(*json, kId) == record);
        }
    }

    TEST_CASE("a record that is damaged anywhere is read as the library reads it, or left to it")
    {
        Chance chance(2);
        int taken = 0;
        for (int i = 0; i < 30'000; ++i)
            taken += check_same(damaged(*encode_record(some_record(chance)), chance));
        CHECK(taken > 1000);  // damage inside of a text is another text
    }

    TEST_CASE("a record cut short at any octet is left to the library")
    {
        Chance chance(3);
        const std::string json = *encode_record(some_record(chance));
        for (std::size_t size = 0; size < json.size(); ++size)
            CHECK_FALSE(read_own_record(json.substr(0, size)));
    }

    TEST_CASE("other writings of the same record are left to the library, which reads them")
    {
        const std::string sum = sha256_hex("x");
        const std::string head = R"({"id":"0199a7c2d1e47b3a9c5d00112233aabb","mail_from":"",)";
        const std::string tail =
            R"("subject":"","data":"x","data_encoding":"utf-8","timestamp":"t","sha256":")" + sum +
            '"';
        const std::string rows[] = {
            " " + head + R"("rcpt_tos":["a"],)" + tail + "}",
            head + R"( "rcpt_tos":["a"],)" + tail + "}",
            head + R"("rcpt_tos":["a", "b"],)" + tail + "}",
            head + R"("rcpt_tos":["\u00e9"],)" + tail + "}",
            head + R"("rcpt_tos":["a"],)" + tail + "}\n",
            head + R"("rcpt_tos":["a"],)" + tail + R"(,"smtputf8":false})",
            head + R"("rcpt_tos":["a"],)" + tail + R"(,"later":1})",
            "\xef\xbb\xbf" + head + R"("rcpt_tos":["a"],)" + tail + "}",
        };
        for (const std::string& row : rows) {
            CAPTURE(row);
            CHECK_FALSE(read_own_record(row));
            CHECK(decode_record(row, kId));
        }
    }
}
