#include "postman/oauth/sign_in.h"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <nlohmann/json.hpp>

#include "common/base64.h"
#include "fake_web.h"
#include "postman/oauth/auth_plan.h"
#include "postman/oauth/jwt.h"
#include "postman/oauth/login_dialogue.h"
#include "postman/oauth/pkce.h"
#include "tests/support/manual_clock.h"

using namespace postman::oauth;
using namespace std::chrono_literals;
using mail::ErrorKind;

namespace
{

struct Stage {
    Stage()
    {
        sign_in.provider.name = "example";
        sign_in.provider.authorization_url = "https://provider.example/authorize?hd=x";
        sign_in.provider.token_url = "https://provider.example/token";
        sign_in.provider.device_url = "https://provider.example/device";
        sign_in.provider.scope = "mail.send";
        sign_in.provider.client = {"client", "secret", false};
        sign_in.user = "web@shop.example";
    }
    SignInSeams seams()
    {
        return {web,
                clock,
                [this](const std::string& line) { told += line + "\n"; },
                [this](std::chrono::seconds time) {
                    pauses.push_back(time.count());
                    clock.advance(time);
                    return !is_stopped;
                },
                {}};
    }
    void will_give_device_code()
    {
        provider.will_answer(
            200, R"({"device_code":"devSecret","user_code":"WDJB-MJHT",)"
                 R"("verification_uri":"https://p.example/d","expires_in":60,"interval":5})");
    }

    SignIn sign_in;
    postman::test::FakeProvider provider;
    postman::test::FakeWeb web{provider};
    mail::test::ManualClock clock;
    std::string told;
    std::vector<std::int64_t> pauses;
    bool is_stopped = false;
};

std::string new_key(int type, int bits)
{
    EVP_PKEY_CTX* context = ::EVP_PKEY_CTX_new_id(type, nullptr);
    EVP_PKEY* key = nullptr;
    ::EVP_PKEY_keygen_init(context);
    if (type == EVP_PKEY_RSA) ::EVP_PKEY_CTX_set_rsa_keygen_bits(context, bits);
    ::EVP_PKEY_keygen(context, &key);
    BIO* memory = ::BIO_new(::BIO_s_mem());
    ::PEM_write_bio_PrivateKey(memory, key, nullptr, nullptr, 0, nullptr, nullptr);
    char* text = nullptr;
    const long size = ::BIO_get_mem_data(memory, &text);
    std::string pem(text, static_cast<std::size_t>(size));
    ::BIO_free(memory);
    ::EVP_PKEY_free(key);
    ::EVP_PKEY_CTX_free(context);
    return pem;
}

/// A server that says its lines whatever comes.
class ScriptedServer final : public LineConnection
{
public:
    explicit ScriptedServer(std::vector<std::string> lines) : lines_(lines.begin(), lines.end()) {}

    mail::Result<std::string> read_line() override
    {
        if (lines_.empty()) return mail::Error{ErrorKind::temporary, "cut"};
        std::string line = lines_.front();
        lines_.pop_front();
        return line;
    }
    mail::Result<mail::Done> write_line(const std::string& line) override
    {
        heard.push_back(line);
        return mail::Done{};
    }
    mail::Result<mail::Done> start_tls() override
    {
        heard.emplace_back("<TLS>");
        return mail::Done{};
    }

    std::vector<std::string> heard;

private:
    std::deque<std::string> lines_;
};

}  // namespace

TEST_SUITE("postman/oauth/sign_in")
{
    TEST_CASE("the browser begins with state and challenge (RFC 6749 4.1.1, RFC 7636 4.3)")
    {
        Stage stage;
        stage.sign_in.provider.parameters = {{"access_type", "offline"}};
        const CodeRequest request{"http://127.0.0.1:4711/", "the-state", "the-verifier"};
        const std::string url = authorization_url(stage.sign_in, request);
        REQUIRE(url.starts_with("https://provider.example/authorize?hd=x&"));
        const auto form = form_decode(url.substr(url.find('?') + 1));
        REQUIRE(form);
        CHECK(value_of(*form, "redirect_uri") == "http://127.0.0.1:4711/");
        CHECK(value_of(*form, "state") == "the-state");
        CHECK(value_of(*form, "code_challenge") == s256_challenge("the-verifier"));
        CHECK(value_of(*form, "code_challenge_method") == "S256");
        CHECK(value_of(*form, "access_type") == "offline");
        CHECK(url.find("the-verifier") == std::string::npos);
        CHECK(url.find("secret") == std::string::npos);
    }

    TEST_CASE("a code is redeemed with its verifier (RFC 7636 4.5)")
    {
        Stage stage;
        stage.provider.will_grant("token", R"("expires_in":3600,"refresh_token":"1//r")");
        const CodeRequest request{"http://127.0.0.1:4711/", "s", "the-verifier"};
        const auto account = redeem_code(stage.sign_in, request, "4/code", stage.seams());
        REQUIRE(account);
        CHECK(account->refresh_token == "1//r");
        CHECK(account->access_token == "token");
        const auto& form = stage.provider.asked.at(0).form;
        CHECK(value_of(form, "grant_type") == "authorization_code");
        CHECK(value_of(form, "code_verifier") == "the-verifier");
        CHECK(value_of(form, "redirect_uri") == "http://127.0.0.1:4711/");
    }

    TEST_CASE("a grant without a refresh token is refused: it would end within the hour")
    {
        Stage stage;
        stage.provider.will_grant("token");
        const auto account = redeem_code(stage.sign_in, {"", "", "v"}, "4/code", stage.seams());
        REQUIRE_FALSE(account);
        CHECK(account.error().kind == ErrorKind::refused);
    }

    TEST_CASE("the client's secret may go into the header, form-encoded (RFC 6749 2.3.1)")
    {
        Stage stage;
        stage.sign_in.provider.client = {"cli:ent", "s e", true};
        stage.provider.will_grant("token", R"("refresh_token":"1//r")");
        REQUIRE(redeem_code(stage.sign_in, {"", "", "v"}, "4/code", stage.seams()));
        CHECK(stage.provider.asked.at(0).headers.at("Authorization") ==
              "Basic " + mail::base64_encode("cli%3Aent:s%20e"));
        CHECK(value_of(stage.provider.asked.at(0).form, "client_secret").empty());
    }

    TEST_CASE("a device is asked after at its interval, more slowly when told (RFC 8628 3.5)")
    {
        Stage stage;
        stage.will_give_device_code();
        stage.provider.will_refuse("authorization_pending");
        stage.provider.will_refuse("slow_down");
        stage.provider.will_refuse("authorization_pending");
        stage.provider.will_grant("token", R"("refresh_token":"1//r")");
        REQUIRE(sign_in_by_device(stage.sign_in, stage.seams()));
        CHECK(stage.pauses == std::vector<std::int64_t>{5, 5, 10, 10});
        CHECK(stage.told.find("WDJB-MJHT") != std::string::npos);
        CHECK(stage.told.find("devSecret") == std::string::npos);
    }

    TEST_CASE("a lost connection slows a device down, and does not end it (RFC 8628 3.5)")
    {
        Stage stage;
        stage.will_give_device_code();
        stage.provider.will_fail();
        stage.provider.will_grant("token", R"("refresh_token":"1//r")");
        REQUIRE(sign_in_by_device(stage.sign_in, stage.seams()));
        CHECK(stage.pauses == std::vector<std::int64_t>{5, 10});
    }

    TEST_CASE("denied, expired and unknown errors end it (RFC 8628 3.5)")
    {
        for (const char* error : {"access_denied", "expired_token", "invalid_client"}) {
            CAPTURE(error);
            Stage stage;
            stage.will_give_device_code();
            stage.provider.will_refuse(error);
            const auto account = sign_in_by_device(stage.sign_in, stage.seams());
            REQUIRE_FALSE(account);
            CHECK(account.error().kind == ErrorKind::refused);
        }
    }

    TEST_CASE("a code that nobody enters ends with its life")
    {
        Stage stage;
        stage.will_give_device_code();
        for (int i = 0; i < 20; ++i) stage.provider.will_refuse("authorization_pending");
        CHECK_FALSE(sign_in_by_device(stage.sign_in, stage.seams()));
        CHECK(stage.pauses.size() == 12);
    }
}

TEST_SUITE("postman/oauth/jwt")
{
    TEST_CASE("an assertion says who, for whom, to whom and when, signed (RFC 7523 3)")
    {
        mail::test::ManualClock clock;
        const Assertion assertion{"robot@p.example", "web@shop.example",
                                  "mail.send",       "https://p.example/token",
                                  "key-1",           clock.wall()};
        const auto jwt = sign_assertion(assertion, new_key(EVP_PKEY_RSA, 2048));
        REQUIRE(jwt);
        CHECK(std::count(jwt->begin(), jwt->end(), '.') == 2);
        std::string claims = jwt->substr(jwt->find('.') + 1);
        claims = claims.substr(0, claims.find('.'));
        for (char& c : claims) c = c == '-' ? '+' : c == '_' ? '/' : c;
        claims.append((4 - claims.size() % 4) % 4, '=');
        const auto object = nlohmann::json::parse(mail::base64_decode(claims).value());
        CHECK(object["sub"] == "web@shop.example");
        CHECK(object["aud"] == "https://p.example/token");
        CHECK(object["exp"].get<std::int64_t>() - object["iat"].get<std::int64_t>() == 3600);
    }

    TEST_CASE("a key that is short, of another kind or none is refused")
    {
        CHECK_FALSE(sign_assertion({}, new_key(EVP_PKEY_RSA, 1024)));
        CHECK_FALSE(sign_assertion({}, new_key(EVP_PKEY_ED25519, 0)));
        CHECK_FALSE(sign_assertion({}, "-----BEGIN PRIVATE KEY-----\n"));
    }
}

TEST_SUITE("postman/oauth/auth_plan")
{
    TEST_CASE("the client file decides the way, and one of another provider is told")
    {
        const auto google = *built_in_provider("google", "common");
        AuthWishes wishes{.file = std::nullopt,
                          .provider_argument = "google",
                          .user = "u@d",
                          .way = "",
                          .client_id = "",
                          .client_secret = "",
                          .scope = ""};
        CHECK_FALSE(plan_auth(google, wishes));
        wishes.file =
            OldCredentials{"i", "s", "1//r", "https://accounts.google.com/o/oauth2/token", ""};
        const auto import = plan_auth(google, wishes);
        REQUIRE(import);
        CHECK(import->way == Way::import);
        CHECK(import->account.refresh_token == "1//r");
        CHECK(import->account.token_url == google.token_url);
        const auto foreign = plan_auth(*built_in_provider("microsoft", "common"), wishes);
        REQUIRE_FALSE(foreign);
        CHECK(foreign.error().step.find("not microsoft") != std::string::npos);
        wishes.way = "service-account";
        CHECK_FALSE(plan_auth(google, wishes));
    }

    TEST_CASE("a web client's redirect is the one that is registered (RFC 6749 3.1.2)")
    {
        AuthWishes wishes{
            .file = ClientSecret{true,
                                 "i",
                                 "s",
                                 "https://accounts.google.com/a",
                                 "https://oauth2.googleapis.com/token",
                                 {"https://shop.example/cb", "http://localhost:8080/oauth2/gmail"}},
            .provider_argument = "google",
            .user = "u@d",
            .way = "",
            .client_id = "",
            .client_secret = "",
            .scope = ""};
        const auto plan = plan_auth(*built_in_provider("google", "common"), wishes);
        REQUIRE(plan);
        CHECK(plan->port == 8080);
        CHECK(plan->redirect_path == "/oauth2/gmail");
        CHECK(plan->sign_in.provider.redirect_host == "localhost");
    }
}

TEST_SUITE("postman/oauth/login_dialogue")
{
    TEST_CASE("SMTP: the token comes after STARTTLS and 334, and is never told")
    {
        ScriptedServer server({"220 hi", "250-x", "250 STARTTLS", "220 go", "250-x",
                               "250 AUTH XOAUTH2", "334 ", "235 2.7.0 ok"});
        std::string told;
        const Login login{"u@d", "ya29.secret",
                          [&](const std::string& line) { told += line + "\n"; }};
        REQUIRE(test_smtp_login(server, login));
        const std::vector<std::string> wanted = {
            "EHLO localhost",
            "STARTTLS",
            "<TLS>",
            "EHLO localhost",
            "AUTH XOAUTH2",
            mail::base64_encode("user=u@d\x01"
                                "auth=Bearer ya29.secret\x01\x01"),
            "QUIT"};
        CHECK(server.heard == wanted);
        CHECK(told.find("ya29") == std::string::npos);
        CHECK(told.find("dXNlcj") == std::string::npos);
    }

    TEST_CASE("SMTP: a server without STARTTLS gets no token")
    {
        ScriptedServer server({"220 hi", "250 x", "502 no"});
        CHECK(test_smtp_login(server, {"u@d", "t", [](const std::string&) {}}).error().kind ==
              ErrorKind::refused);
        CHECK(server.heard.back() == "STARTTLS");
    }

    TEST_CASE("SMTP: the error challenge is answered with an empty line and shown")
    {
        ScriptedServer server({"220 hi", "250 x", "220 go", "250 x", "334 ",
                               "334 " + mail::base64_encode(R"({"status":"400"})"),
                               "535 5.7.8 no"});
        std::string told;
        const Login login{"u@d", "t", [&](const std::string& line) { told += line + "\n"; }};
        CHECK(test_smtp_login(server, login).error().step == "the server answered 535 5.7.8 no");
        CHECK(server.heard.back().empty());
        CHECK(told.find(R"({"status":"400"})") != std::string::npos);
    }

    TEST_CASE("IMAP: the inbox is selected once the token is taken")
    {
        ScriptedServer server(
            {"* OK hi", "+ ", "* CAPABILITY x", "a1 OK in", "* 3 EXISTS", "a2 OK"});
        REQUIRE(test_imap_login(server, {"u@d", "t", [](const std::string&) {}}));
        CHECK(server.heard.at(0) == "a1 AUTHENTICATE XOAUTH2");
        CHECK(server.heard.at(2) == "a2 SELECT INBOX");
    }
}
