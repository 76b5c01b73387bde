#include "postoffice/submit/signed_post.h"

#include <doctest/doctest.h>

using namespace postoffice::submit;
using Kind = Handover::Kind;

namespace
{

const SignedParts kParts = {
    .mail_from = "<web@app.example>",
    .rcpt_to = "<ann@d.example>, <bob@d.example>",
    .idempotency_key = "0123456789abcdef0123456789abcdef",
    .body_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    .time = 1795163247,
    .nonce = "abcdefghijklmnopqrstuv"};

}  // namespace

TEST_SUITE("postoffice/submit/signed_post")
{
    TEST_CASE("the signed text is the contract's, octet for octet")
    {
        CHECK(signed_text(kParts) ==
              "PostOffice-HMAC-SHA256\n"
              "POST\n"
              "/v1/messages\n"
              "\n"
              "<web@app.example>\n"
              "<ann@d.example>, <bob@d.example>\n"
              "0123456789abcdef0123456789abcdef\n"
              "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n"
              "1795163247\n"
              "abcdefghijklmnopqrstuv\n");
    }

    TEST_CASE("the signature, as Python's hmac makes it of the same text")
    {
        CHECK(signature_field(kParts, "0123456789abcdef") ==
              "time=1795163247, nonce=abcdefghijklmnopqrstuv, "
              "hmac-sha256=+9XeB4cnDSe9cHiHlMrXNjzEbWScdWwxkV4r/piBH1o=");
    }

    TEST_CASE("the request goes behind the prefix; the body as it is")
    {
        const std::string body = "Subject: x\r\n\r\n";
        for (const char* url : {"https://o.example/post", "https://o.example/post/"}) {
            const auto request = signed_request(url, kParts, "0123456789abcdef", body);
            CHECK(request.url == "https://o.example/post/v1/messages");
            CHECK(request.method == "POST");
            CHECK(request.body == body);
            CHECK(request.headers.at("Mail-From") == "<web@app.example>");
            CHECK(request.headers.at("Rcpt-To") == "<ann@d.example>, <bob@d.example>");
            CHECK(request.headers.at("Idempotency-Key") == kParts.idempotency_key);
            CHECK(request.headers.count("PostOffice-Signature") == 1);
        }
    }

    TEST_CASE("many recipients are split, so that a request's header stays bounded")
    {
        std::vector<std::string> all;
        for (int i = 0; i < 2500; ++i) all.push_back("r" + std::to_string(i) + "@d.example");
        std::size_t begin = 0, requests = 0;
        for (; begin < all.size(); ++requests) {
            const std::size_t count = recipients_that_fit(all, begin);
            REQUIRE(count > 0);
            CHECK(rcpt_to_field(all, begin, begin + count).size() <= 8000);
            begin += count;
        }
        CHECK(begin == all.size());
        CHECK(requests < 10);
        CHECK(recipients_that_fit({std::string(9000, 'a')}, 0) == 1);
    }

    TEST_CASE("what the answers mean")
    {
        const struct {
            int status;
            Kind kind;
            int exit_code;
        } rows[] = {{400, Kind::refused, 65}, {401, Kind::not_now, 77}, {403, Kind::refused, 77},
                    {404, Kind::not_now, 75}, {409, Kind::not_now, 75}, {413, Kind::refused, 65},
                    {422, Kind::refused, 65}, {429, Kind::not_now, 75}, {500, Kind::not_now, 75},
                    {503, Kind::not_now, 75}, {301, Kind::not_now, 75}, {200, Kind::not_now, 75}};
        for (const auto& row : rows) {
            CAPTURE(row.status);
            const Handover got = handover_of({row.status, "", {}, ""}, "https://o.example");
            CHECK(got.kind == row.kind);
            CHECK(got.exit_code == row.exit_code);
        }
        const auto taken = handover_of({202, "", {}, R"({"id":"01a2"})"}, "https://o.example");
        CHECK(taken.kind == Kind::accepted);
        CHECK(taken.id == "01a2");
        CHECK(
            handover_of({401, "", {}, R"({"detail":"clock\noff"})"}, "https://o.example").reason ==
            "https://o.example answered 401 clock off (--key-file, or this host's clock)");
    }
}
