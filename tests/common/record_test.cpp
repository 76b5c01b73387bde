#include "common/spool/record.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "common/base64.h"

using namespace mail;

namespace
{

const SpoolId kId = *SpoolId::parse("0199a7c2d1e47b3a9c5d00112233aabb");

Record record_with(std::string content)
{
    Record record;
    record.id = kId;
    record.envelope = {"web@app.example", {"ann@example.org", "bcc@example.net"}};
    record.subject = "Grüße \"x\"";
    record.timestamp = "2026-11-20T08:27:27.123456";
    record.sha256 = sha256_hex(content);
    record.content = std::move(content);
    return record;
}

std::string ours(const std::string& members)
{
    return R"({"id":"0199a7c2d1e47b3a9c5d00112233aabb","mail_from":"","rcpt_tos":["a@b.c"],"subject":"","timestamp":"t",)" +
           members + "}";
}

}  // namespace

TEST_SUITE("common/spool/record")
{
    TEST_CASE("the members stand in the order of the contract, and a text mail stays readable")
    {
        CHECK(*encode_record(record_with(
                  "Subject: x\r\n\r\nGrüße, and a line that is long enough\t\x01\r\n")) ==
              "{\"id\":\"0199a7c2d1e47b3a9c5d00112233aabb\",\"mail_from\":\"web@app.example\","
              "\"rcpt_tos\":[\"ann@example.org\",\"bcc@example.net\"],"
              "\"subject\":\"Grüße \\\"x\\\"\",\"data\":\"Subject: x\\r\\n\\r\\nGrüße, and a line "
              "that is long enough\\t\\u0001\\r\\n\",\"data_encoding\":\"utf-8\","
              "\"timestamp\":\"2026-11-20T08:27:27.123456\",\"sha256\":\"" +
                  sha256_hex("Subject: x\r\n\r\nGrüße, and a line that is long enough\t\x01\r\n") +
                  "\"}");
    }

    TEST_CASE("smtputf8 is written only where the client said so (RFC 6531)")
    {
        Record record = record_with("x");
        CHECK(encode_record(record)->find("smtputf8") == std::string::npos);
        record.envelope.smtputf8 = true;
        const auto json = encode_record(record);
        CHECK(json->ends_with(",\"smtputf8\":true}"));
        CHECK(decode_record(*json, kId)->envelope.smtputf8);
    }

    TEST_CASE("every byte value survives, as text or as base64")
    {
        std::string all;
        for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
        std::string ascii = all.substr(0, 128);
        for (const std::string& content :
             {std::string(), all, ascii, all + all, std::string(3, '\0'), std::string("\xff"),
              std::string("ä\r\n"), std::string("\xed\xa0\x80")}) {
            const auto json = encode_record(record_with(content));
            REQUIRE(json);
            CHECK(is_utf8(*json));
            const auto back = decode_record(*json, kId);
            REQUIRE(back);
            CHECK(*back == record_with(content));
        }
    }

    TEST_CASE("text is chosen where it is valid UTF-8 and not longer than base64")
    {
        const auto encoding = [](const std::string& content) {
            return nlohmann::json::parse(*encode_record(record_with(content)))["data_encoding"]
                .get<std::string>();
        };
        CHECK(encoding("plain text of some length\r\n") == "utf-8");
        CHECK(encoding(std::string(100, '\0')) == "base64");
        CHECK(encoding("\xff") == "base64");
        CHECK(encoding(std::string(300, '\n')) == "base64");
    }

    TEST_CASE("a large record comes in bounded pieces that make the same JSON")
    {
        for (const char filler : {'x', '\n', '\xff'}) {
            const Record record = record_with(std::string(3'000'001, filler));
            std::string whole;
            std::size_t largest = 0;
            REQUIRE(encode_record(record, [&](std::string_view piece) -> Result<Done> {
                largest = std::max(largest, piece.size());
                whole += piece;
                return Done{};
            }));
            CHECK(largest < 4 * kRecordPieceBytes);
            const auto back = decode_record(whole, kId);
            REQUIRE(back);
            CHECK(back->content == record.content);
        }
    }

    TEST_CASE("the sink's error ends the encoding, and nothing follows it")
    {
        int calls = 0;
        const auto result = encode_record(record_with(std::string(3'000'000, 'x')),
                                          [&](std::string_view) -> Result<Done> {
                                              ++calls;
                                              return Error{ErrorKind::temporary, "write", ENOSPC};
                                          });
        CHECK(calls == 1);
        CHECK(result.error().sys_errno == ENOSPC);
    }

    TEST_CASE("an address that is not UTF-8 is refused, not mangled")
    {
        Record record = record_with("x");
        record.envelope.recipients = {"\xff@example.org"};
        CHECK(encode_record(record).error().kind == ErrorKind::malformed);
    }

    TEST_CASE("a record of the original is read as it is; the file name is its id")
    {
        const auto record = decode_record(
            R"({"mail_from": "web@app.example", "rcpt_tos": ["a@b.example"], "subject": "Gr\u00fc\u00dfe", "body": "x", "data": "Subject: x\r\n\r\n\ud83d\ude00\r\n", "timestamp": "2019-06-01T10:00:00.000001"})",
            kId);
        REQUIRE(record);
        CHECK(record->id == kId);
        CHECK(record->subject == "Grüße");
        CHECK(record->content == "Subject: x\r\n\r\n😀\r\n");
        CHECK(record->sha256.empty());
    }

    TEST_CASE("a record that is not sound is corrupt, and the fault is named")
    {
        const std::string sum = sha256_hex("x");
        const struct {
            std::string json;
            const char* fault;
        } rows[] = {
            {"", "not JSON"},
            {"[]", "not an object"},
            {"1", "not an object"},
            {"\"x\"", "not an object"},
            {"{", "not JSON"},
            {"{} x", "not JSON"},
            {"{\"a\":\"\xff\"}", "not JSON"},
            {ours("\"sha256\":\"" + sum + "\""), "no data"},
            {ours("\"data\":\"x\""), "no sha256"},
            {ours("\"data\":\"y\",\"sha256\":\"" + sum + "\""), "sha256 differs"},
            {ours("\"data\":\"x\",\"data\":\"x\",\"sha256\":\"" + sum + "\""), "twice"},
            {ours("\"data\":1,\"sha256\":\"" + sum + "\""), "data is a number"},
            {ours("\"data\":null,\"sha256\":\"" + sum + "\""), "data is null"},
            {ours("\"data\":[\"x\"],\"sha256\":\"" + sum + "\""), "data is an array"},
            {ours("\"data\":{\"x\":1},\"sha256\":\"" + sum + "\""), "data is an object"},
            {ours("\"data\":\"eA=\",\"data_encoding\":\"base64\",\"sha256\":\"" + sum + "\""),
             "not base64"},
            {ours("\"data\":\"x\",\"data_encoding\":\"rot13\",\"sha256\":\"" + sum + "\""),
             "neither"},
            {R"({"mail_from":"","rcpt_tos":[],"subject":"","data":"x","timestamp":"t"})",
             "no rcpt_tos"},
            {R"({"mail_from":"","rcpt_tos":"a@b","subject":"","data":"x","timestamp":"t"})",
             "rcpt_tos is a string"},
            {R"({"mail_from":"","rcpt_tos":["a",1],"subject":"","data":"x","timestamp":"t"})",
             "rcpt_tos is a number"},
            {R"({"mail_from":"","rcpt_tos":[["a"]],"subject":"","data":"x","timestamp":"t"})",
             "holds an array"},
            {R"({"id":"0199a7c2d1e47b3a9c5d001122330000","mail_from":"","rcpt_tos":["a"],"subject":"","data":"x","timestamp":"t","sha256":"x"})",
             "not the file's"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.json);
            const auto record = decode_record(row.json, kId);
            REQUIRE_FALSE(record);
            CHECK(record.error().kind == ErrorKind::corrupt);
            CHECK_MESSAGE(record.error().step.find(row.fault) != std::string::npos,
                          record.error().step);
        }
    }

    TEST_CASE("unknown members are passed over, but depth is bounded")
    {
        const std::string sound = "\"data\":\"x\",\"sha256\":\"" + sha256_hex("x") + "\",";
        CHECK(decode_record(ours(sound + R"("later":{"a":[1,{"data":"z"}]},"n":1.5)"), kId));
        CHECK_FALSE(decode_record(ours(sound + "\"later\":" + std::string(1'000'000, '[')), kId));
        CHECK_FALSE(decode_record(
            ours(sound + "\"later\":" + std::string(20, '[') + std::string(20, ']')), kId));
    }

    TEST_CASE("a handed record brings its id, 32 hex digits and nothing else")
    {
        const auto json = encode_record(record_with("x"));
        CHECK(decode_handed_record(*json)->id == kId);
        std::string hostile = *json;
        hostile.replace(hostile.find("0199a7"), 6, "../../");
        CHECK_FALSE(decode_handed_record(hostile));
        CHECK_FALSE(decode_handed_record(
            R"({"mail_from":"","rcpt_tos":["a"],"subject":"","data":"x","timestamp":"t"})"));
    }

    TEST_CASE("is_utf8 agrees with RFC 3629, split hairs included")
    {
        for (const char* good : {"", "a", "\x7f", "ä", "€", "😀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf",
                                 "\xee\x80\x80", "\xed\x9f\xbf"})
            CHECK(is_utf8(good));
        for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
                                "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xc3",
                                "\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xff"}) {
            CAPTURE(base64_encode(bad));
            CHECK_FALSE(is_utf8(bad));
        }
    }
}
