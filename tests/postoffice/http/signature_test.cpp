#include "postoffice/http/signature.h"

#include <doctest/doctest.h>

#include "common/base64.h"

using namespace postoffice::http;

namespace
{

const std::string kNonce = "AAAAAAAAAAAAAAAAAAAAAA";  // 22
const std::string kMac = mail::base64_encode(std::string(32, 'm'));

}  // namespace

TEST_SUITE("postoffice/http/signature")
{
    TEST_CASE("the three parts of the field stand in any order")
    {
        for (const std::string& value :
             {"time=17, nonce=" + kNonce + ", hmac-sha256=" + kMac,
              "hmac-sha256=" + kMac + ",nonce=" + kNonce + ",time=17",
              "  nonce=" + kNonce + " ,\thmac-sha256=" + kMac + " , time=17 "}) {
            CAPTURE(value);
            const auto field = parse_signature_field(value);
            REQUIRE(field);
            CHECK(field->time == 17);
            CHECK(field->nonce == kNonce);
            CHECK(field->mac == std::string(32, 'm'));
        }
    }

    TEST_CASE("anything else is no signature")
    {
        const std::string time = "time=17";
        const std::string nonce = "nonce=" + kNonce;
        const std::string mac = "hmac-sha256=" + kMac;
        const std::string rows[] = {
            "",
            time,
            time + ", " + nonce,
            nonce + ", " + mac,
            time + ", " + mac,
            time + ", " + time + ", " + nonce + ", " + mac,
            "time=x, " + time + ", " + nonce + ", " + mac,
            time + ", " + nonce + ", " + mac + ", more=1",
            time + ", " + nonce + ", " + mac + ",",
            "time=, " + nonce + ", " + mac,
            "time=-1, " + nonce + ", " + mac,
            "time=+1, " + nonce + ", " + mac,
            "time=1e3, " + nonce + ", " + mac,
            "time=1234567890123, " + nonce + ", " + mac,
            time + ", nonce=AAAAAAAAAAAAAAAAAAAAA, " + mac,  // 21
            time + ", nonce=" + std::string(65, 'A') + ", " + mac,
            time + ", nonce=AAAAAAAAAAAAAAAAAAAAA/, " + mac,
            time + ", " + nonce + ", hmac-sha256=" + mail::base64_encode(std::string(31, 'm')),
            time + ", " + nonce + ", hmac-sha256=" + kMac.substr(0, kMac.size() - 1),
            time + ", " + nonce + ", hmac-sha256=" + kMac + "=",
            "Time=17, " + nonce + ", " + mac,
        };
        for (const std::string& row : rows) {
            CAPTURE(row);
            CHECK_FALSE(parse_signature_field(row));
        }
    }

    TEST_CASE("the signed text has ten lines, each with its end")
    {
        const SignedParts parts{"POST", "/v1/messages", "from=a", "<a@b>", "<c@d>", "key", "00ff"};
        CHECK(signed_text(parts, 17, kNonce) ==
              "PostOffice-HMAC-SHA256\nPOST\n/v1/messages\nfrom=a\n<a@b>\n<c@d>\nkey\n00ff\n17\n" +
                  kNonce + "\n");
        CHECK(signed_text({"POST", "/v1/messages", "", "", "", "", "00"}, 1, kNonce) ==
              "PostOffice-HMAC-SHA256\nPOST\n/v1/messages\n\n\n\n\n00\n1\n" + kNonce + "\n");
    }

    TEST_CASE("the digests are those of others (RFC 4231 4.3, RFC 2202 3)")
    {
        const std::string text = "what do ya want for nothing?";
        CHECK(mail::base64_encode(hmac_sha256("Jefe", text)) ==
              "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
        CHECK(mail::base64_encode(hmac_sha1("Jefe", text)) == "7/zfauXrL6LSdBbV8YTfnCWafHk=");
    }

    TEST_CASE("any of the keys may have made it, and no bit may be off")
    {
        const Keys keys = {"the first key of all", "the second key of all"};
        for (const std::string& key : keys) {
            const std::string mac = hmac_sha256(key, "text");
            CHECK(is_signed_by_one(keys, hmac_sha256, "text", mac));
            CHECK_FALSE(is_signed_by_one(keys, hmac_sha256, "text.", mac));
            CHECK_FALSE(is_signed_by_one(keys, hmac_sha256, "text", mac.substr(1)));
            for (std::size_t bit = 0; bit < mac.size() * 8; ++bit) {
                std::string off = mac;
                off[bit / 8] = static_cast<char>(off[bit / 8] ^ (1 << bit % 8));
                CHECK_FALSE(is_signed_by_one(keys, hmac_sha256, "text", off));
            }
        }
        CHECK_FALSE(is_signed_by_one(keys, hmac_sha256, "text", hmac_sha256("", "text")));
        CHECK_FALSE(is_signed_by_one(keys, hmac_sha256, "text", ""));
        CHECK_FALSE(is_signed_by_one({}, hmac_sha256, "text", ""));
    }
}
