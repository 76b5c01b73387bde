#include <doctest/doctest.h>

#include "postman/oauth/account.h"
#include "postman/oauth/account_store.h"
#include "postman/oauth/broker_protocol.h"
#include "postman/oauth/client_file.h"
#include "postman/oauth/form.h"
#include "postman/oauth/pkce.h"
#include "postman/oauth/provider.h"
#include "postman/oauth/redirect.h"
#include "postman/oauth/token_answer.h"

using namespace postman::oauth;
using namespace std::chrono_literals;

TEST_SUITE("postman/oauth/form")
{
    TEST_CASE("a form is encoded and read back (RFC 6749 B)")
    {
        const Form form = {{"a b", "c&d=e"}, {"x", "\x01\xff~-._"}, {"empty", ""}};
        CHECK(form_encode(form) == "a%20b=c%26d%3De&x=%01%FF~-._&empty=");
        CHECK(form_decode(form_encode(form)) == form);
        CHECK(value_of(*form_decode("q=a+b%2Bc"), "q") == "a b+c");
    }

    TEST_CASE("a name that comes twice, or a broken escape, spoils the whole (RFC 6749 3.1)")
    {
        for (const char* bad : {"code=1&code=2", "a=%", "a=%2", "a=%zz", "a&a"}) {
            CAPTURE(bad);
            CHECK_FALSE(form_decode(bad).has_value());
        }
    }
}

TEST_SUITE("postman/oauth/pkce")
{
    TEST_CASE("the challenge of RFC 7636 B is right")
    {
        CHECK(s256_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") ==
              "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
        CHECK(random_verifier().size() == 43);
        CHECK(random_verifier() != random_verifier());
    }
}

TEST_SUITE("postman/oauth/redirect")
{
    constexpr const char* kState = "state-0123456789";
    Redirect judge(const std::string& target, const std::string& method = "GET")
    {
        return judge_redirect(method + " " + target + " HTTP/1.1\r\nHost: x\r\n\r\n", "/", kState);
    }

    TEST_CASE("the browser brings a code or an error (RFC 6749 4.1.2)")
    {
        const Redirect code = judge("/?state=state-0123456789&code=4%2Fabc&scope=x");
        CHECK(code.kind == Redirect::Kind::code);
        CHECK(code.code == "4/abc");
        const Redirect denied = judge("/?error=access_denied&state=state-0123456789");
        CHECK(denied.kind == Redirect::Kind::refused);
        CHECK(denied.error == "access_denied");
    }

    TEST_CASE("what is not ours does not end the wait (RFC 6749 10.12)")
    {
        for (const char* target :
             {"/", "/favicon.ico", "/?code=x", "/?code=x&state=", "/?code=x&state=state-012345678",
              "/?code=x&state=state-012345678X", "/?code=x&error=y&state=state-0123456789",
              "/?state=state-0123456789", "/?code=x&code=y&state=state-0123456789",
              "/other?code=x&state=state-0123456789", "/?code=%01&state=state-0123456789"}) {
            CAPTURE(target);
            CHECK(judge(target).kind == Redirect::Kind::other);
        }
        CHECK(judge("/?code=x&state=state-0123456789", "POST").kind == Redirect::Kind::other);
    }

    TEST_CASE("a request that is not whole is waited for, up to a bound")
    {
        CHECK(judge_redirect("GET /?co", "/", kState).kind == Redirect::Kind::incomplete);
        CHECK(judge_redirect(std::string(20000, 'x'), "/", kState).kind == Redirect::Kind::other);
    }
}

TEST_SUITE("postman/oauth/token_answer")
{
    TokenAnswer parse(const std::string& body, int status = 200)
    {
        return parse_token_answer(status, body);
    }

    TEST_CASE("a grant has a Bearer token, and a life where the provider tells one (RFC 6749 5.1)")
    {
        const auto answer = parse(
            R"({"access_token":"ya29","token_type":"bearer","expires_in":3599,"refresh_token":"1//r","scope":"a b"})");
        REQUIRE(answer.grant);
        CHECK(answer.grant->access_token == "ya29");
        CHECK(answer.grant->refresh_token == "1//r");
        CHECK(answer.grant->expires_in == 3599s);
        const auto life = [](const std::string& text) {
            return parse(R"({"access_token":"t","token_type":"Bearer","expires_in":)" + text + "}")
                .grant->expires_in;
        };
        CHECK(life("\"3599\"") == 3599s);
        CHECK(life("1e3") == 1000s);
        CHECK(life("99999999999") == std::chrono::days(30));
        for (const char* untold :
             {"0", "-5", "null", "\"soon\"", "1e300", "18446744073709551615"}) {
            CAPTURE(untold);
            CHECK_FALSE(life(untold).has_value());
        }
    }

    TEST_CASE("a token of another type, or none that can be used, is no token")
    {
        for (const char* bad :
             {R"({"access_token":"t","token_type":"mac"})", R"({"access_token":"t"})",
              R"({"token_type":"Bearer"})", R"({"access_token":"","token_type":"Bearer"})",
              R"({"access_token":"a\u0001b","token_type":"Bearer"})",
              R"({"access_token":"a b","token_type":"Bearer"})",
              R"({"access_token":7,"token_type":"Bearer"})",
              R"({"access_token":"t","token_type":"Bearer","refresh_token":"a\nb"})",
              R"({"access_token":"t","access_token":"u","token_type":"Bearer"})", "[]", "",
              "<html>"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse(bad).grant.has_value());
            CHECK(parse(bad).refusal.error == Refusal::kUnusable);
        }
        CHECK(parse(R"({"access_token":"t","token_type":"mac"})").refusal.told() ==
              "the provider gave a token of type mac where Bearer is wanted");
    }

    TEST_CASE("a refusal has a code and words that steer no terminal (RFC 6749 5.2)")
    {
        const auto refused =
            parse(R"({"error":"invalid_grant","error_description":"gone\u001b[2J"})", 400);
        CHECK(refused.refusal.error == "invalid_grant");
        CHECK(refused.refusal.words == "gone?[2J");
        CHECK(parse("<html>", 503).refusal.error == "http_503");
        CHECK(parse(R"({"error":"a b"})", 400).refusal.error == "http_400");
    }

    TEST_CASE("a device code is told by either name of its URL (RFC 8628 3.2)")
    {
        const auto code = parse_device_answer(
            200,
            R"({"device_code":"d","user_code":"WDJB","verification_url":"https://g.example","expires_in":1800})");
        REQUIRE(code);
        CHECK(code->verification_uri == "https://g.example");
        CHECK(code->interval == 5s);
        CHECK(code->expires_in == 1800s);
        CHECK_FALSE(parse_device_answer(200, R"({"device_code":"d"})"));
        CHECK(parse_device_answer(401, R"({"error":"invalid_client"})").error().kind ==
              mail::ErrorKind::refused);
    }
}

TEST_SUITE("postman/oauth/provider")
{
    TEST_CASE("a provider's file is read, and a slip is told with its line")
    {
        const auto provider = parse_provider(
            "name = example\ntoken-url = https://login.example/token\nscope = \"a b\"\n"
            "client-authentication = basic\nparameter = prompt=consent\nparameter = x=y=z\n");
        REQUIRE(provider);
        CHECK(provider->client.uses_basic);
        CHECK(provider->parameters == Form{{"prompt", "consent"}, {"x", "y=z"}});
        for (const char* bad : {"", "name = x", "token-url = http://far.example/token",
                                "tokenurl = https://a.example",
                                "token-url = https://a.example\ntoken-url = https://a.example",
                                "token-url = https://a.example\nclient-authentication = none",
                                "token-url = https://a.example\nredirect-host = evil.example"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_provider(bad).has_value());
        }
        CHECK(parse_provider("token-uri = https://a.example").error().step ==
              "line 1: unknown name token-uri (did you mean token-url?)");
    }

    TEST_CASE("Google asks for sending alone, unless told otherwise")
    {
        const auto google = built_in_provider("google", "common");
        CHECK(google->scope == "https://www.googleapis.com/auth/gmail.send");
        CHECK(scope_for(*google, "mail") == "https://mail.google.com/");
        CHECK(built_in_provider("microsoft", "shop.example")->token_url ==
              "https://login.microsoftonline.com/shop.example/oauth2/v2.0/token");
        CHECK_FALSE(built_in_provider("microsoft", "a/../b"));
        CHECK_FALSE(built_in_provider("yahoo", "common"));
    }
}

TEST_SUITE("postman/oauth/client_file")
{
    TEST_CASE("the three kinds of files are told apart by their content")
    {
        const auto client = parse_client_file(
            R"({"installed":{"client_id":"i","client_secret":"s","auth_uri":"https://a.example/a","token_uri":"https://a.example/t","redirect_uris":["http://localhost"]}})");
        REQUIRE(client);
        CHECK(std::get<ClientSecret>(*client).id == "i");
        const auto old = parse_client_file(
            R"({"_class":"OAuth2Credentials","client_id":"i","client_secret":"s","refresh_token":"1//r","token_uri":"https://a.example/t","scopes":["x","y"],"id_token":null})");
        REQUIRE(old);
        CHECK(std::get<OldCredentials>(*old).refresh_token == "1//r");
        CHECK(std::get<OldCredentials>(*old).scope == "x y");
        const auto key = parse_client_file(
            R"({"type":"service_account","client_email":"r@p.example","private_key_id":"k","private_key":"-----BEGIN PRIVATE KEY-----\n","token_uri":"https://a.example/t"})");
        REQUIRE(key);
        CHECK(std::get<ServiceKey>(*key).email == "r@p.example");
    }

    TEST_CASE("a file that is none of them, or lacks something, is told so")
    {
        for (
            const char* bad :
            {"", "{}", "[]", R"({"installed":{}})", R"({"installed":{"client_id":"i"}})",
             R"({"_class":"OAuth2Credentials","client_id":"i","refresh_token":null,"token_uri":"https://a.example/t"})",
             R"({"type":"service_account","client_email":"r@p.example"})",
             R"({"installed":{"client_id":"i","auth_uri":"http://a.example","token_uri":"https://a.example"}})"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_client_file(bad).has_value());
        }
    }
}

TEST_SUITE("postman/oauth/account")
{
    TEST_CASE("an account's file is read back as it was, and cut anywhere it is told to be cut")
    {
        Account account;
        account.user = "web@shop.example";
        account.provider = "google";
        account.token_url = "https://a.example/token";
        account.refresh_token = "1//r";
        account.access_token = "ya29";
        account.expires_at = 1'795'163'247;
        const std::string text = encode_account(account);
        REQUIRE(decode_account(text));
        CHECK(*decode_account(text) == account);
        for (std::size_t size = 0; size + 2 < text.size(); ++size) {
            CAPTURE(size);
            CHECK_FALSE(decode_account(text.substr(0, size)).has_value());
        }
    }

    TEST_CASE("a user's name becomes a file's name that stays in its directory")
    {
        CHECK(*account_file_stem("web@shop.example") == "web@shop.example");
        CHECK(*account_file_stem("../../etc/passwd") == "%2E.%2F..%2Fetc%2Fpasswd");
        CHECK(*account_file_stem("a+b@x") == "a%2Bb@x");
        CHECK_FALSE(account_file_stem(""));
        CHECK_FALSE(account_file_stem("a\nb"));
        CHECK_FALSE(account_file_stem(std::string(151, 'a')));
    }
}

TEST_SUITE("postman/oauth/broker_protocol")
{
    TEST_CASE("a request is a protocol, options that are read over, and a user")
    {
        CHECK(parse_broker_request("SMTP user@domain")->user == "user@domain");
        CHECK(parse_broker_request("IMAP,a,b user@domain\r\n")->protocol == "IMAP");
        for (const char* bad : {"", "SMTP", "SMTP ", " user@domain", ",x user@domain", "SMTP a b",
                                "SMTP a\nSMTP b", "SMTP a\x01"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_broker_request(bad).has_value());
        }
        CHECK_FALSE(parse_broker_request("SMTP " + std::string(2000, 'a')));
    }

    TEST_CASE("an answer is XOAUTH2's string for the user that was asked for, whole")
    {
        const std::string answer = xoauth2("u@d", "ya29");
        CHECK(answer ==
              "user=u@d\x01"
              "auth=Bearer ya29\x01\x01");
        CHECK(*parse_broker_answer(answer, "u@d") == "ya29");
        CHECK_FALSE(parse_broker_answer(answer, "v@d"));
        CHECK_FALSE(parse_broker_answer("", "u@d"));
        for (std::size_t size = 0; size < answer.size(); ++size)
            CHECK_FALSE(parse_broker_answer(answer.substr(0, size), "u@d"));
    }
}
