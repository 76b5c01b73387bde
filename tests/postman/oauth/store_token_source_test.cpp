#include "postman/oauth/store_token_source.h"

#include <doctest/doctest.h>

#include "fake_web.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"
#include "tests/support/temporary_directory.h"

using namespace std::chrono_literals;
using mail::ErrorKind;
using postman::TokenSeams;
using postman::oauth::Account;
using postman::oauth::AccountStore;
using postman::oauth::StoreTokenSource;
using postman::oauth::value_of;
using postman::oauth::wall_seconds;

namespace
{

constexpr const char* kUser = "web@shop.example";

/// A state directory in memory, a provider, and a clock that the test moves.
struct Stage {
    Stage() { files.make_real_directories = true; }

    Account account(std::chrono::seconds left = 3600s)
    {
        Account account;
        account.user = kUser;
        account.provider = "google";
        account.token_url = "https://provider.example/token";
        account.client = {"client", "secret", false};
        account.refresh_token = "1//first";
        account.access_token = "token-0";
        account.obtained_at = now() - 3600 + left.count();
        account.expires_at = now() + left.count();
        return account;
    }
    void keep(const Account& account) { REQUIRE(store().write(account)); }
    Account kept() { return store().read(kUser).value(); }
    AccountStore store() { return AccountStore(directory.path(), files); }
    std::int64_t now() { return wall_seconds(clock.wall()); }
    StoreTokenSource source(double jitter = 0, const std::string& wanted = "")
    {
        const auto web = [this](const std::string&) {
            return std::make_unique<postman::test::FakeWeb>(provider);
        };
        const postman::TokenSettings settings{
            .user = kUser, .state = directory.path(), .provider = wanted};
        return {kUser, settings, TokenSeams{web, clock, files}, jitter};
    }

    mail::test::TemporaryDirectory directory;
    mail::test::MemoryFiles files;
    mail::test::ManualClock clock;
    postman::test::FakeProvider provider;
};

}  // namespace

TEST_SUITE("postman/oauth/store_token_source")
{
    TEST_CASE("a fresh token is given out, and nobody is asked")
    {
        Stage stage;
        stage.keep(stage.account());
        CHECK(*stage.source().token({}) == "token-0");
        CHECK(stage.provider.asked.empty());
    }

    TEST_CASE("a token is renewed ahead of its expiry, earlier by the jitter (RFC 6749 6)")
    {
        Stage stage;
        stage.keep(stage.account(400s));
        CHECK(*stage.source(0).token({}) == "token-0");
        stage.provider.will_grant("token-1");
        CHECK(*stage.source(1).token({}) == "token-1");
        REQUIRE(stage.provider.asked.size() == 1);
        const auto& asked = stage.provider.asked[0];
        CHECK(asked.url == "https://provider.example/token");
        CHECK(asked.content_type == "application/x-www-form-urlencoded");
        CHECK(value_of(asked.form, "grant_type") == "refresh_token");
        CHECK(value_of(asked.form, "refresh_token") == "1//first");
        CHECK(value_of(asked.form, "client_id") == "client");
        CHECK(stage.kept().expires_at == stage.now() + 3600);
    }

    TEST_CASE("a network error costs no token: neither the one in hand nor the refresh token")
    {
        Stage stage;
        stage.keep(stage.account(100s));
        stage.provider.will_fail();
        CHECK(*stage.source().token({}) == "token-0");
        CHECK(stage.kept().refresh_token == "1//first");
        CHECK(stage.kept().last_error == "no answer");
        SUBCASE("and the provider is left alone for a while")
        {
            CHECK(*stage.source().token({}) == "token-0");
            CHECK(stage.provider.asked.size() == 1);
            stage.clock.advance(31s);
            stage.provider.will_grant("token-1");
            CHECK(*stage.source().token({}) == "token-1");
            CHECK(stage.kept().last_error.empty());
        }
        SUBCASE("until the token has expired: then it is a temporary error")
        {
            stage.clock.advance(100s);
            stage.provider.will_fail();
            const auto token = stage.source().token({});
            REQUIRE_FALSE(token);
            CHECK(token.error().kind == ErrorKind::temporary);
            CHECK(stage.kept().refresh_token == "1//first");
        }
    }

    TEST_CASE("a rotated refresh token is on the disk before its access token is given out")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.provider.will_grant("token-1", R"("expires_in":3600,"refresh_token":"1//second")");
        CHECK(*stage.source().token({}) == "token-1");
        stage.files.restart();  // a power cut: what was not synced is gone
        CHECK(stage.kept().refresh_token == "1//second");
        CHECK(stage.kept().access_token == "token-1");
    }

    TEST_CASE(
        "a disk that fails after the answer holds the token back, and the rotated one is kept")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.provider.will_grant("token-1", R"("expires_in":3600,"refresh_token":"1//second")");
        stage.provider.before_answer = [&] { stage.files.fail_after(0, ENOSPC, true, "sync"); };
        auto source = stage.source();
        const auto token = source.token({});
        REQUIRE_FALSE(token);
        CHECK(token.error().kind == ErrorKind::temporary);
        CHECK_FALSE(source.token({}));
        stage.files.fail_after(std::nullopt);
        CHECK(*source.token({}) == "token-1");
        CHECK(stage.kept().refresh_token == "1//second");
        CHECK(stage.provider.asked.size() == 1);
    }

    TEST_CASE("a disk that is full already is found out before the provider is asked")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.files.fail_after(0, ENOSPC, true, "write");
        const auto token = stage.source().token({});
        REQUIRE_FALSE(token);
        CHECK(token.error().kind == ErrorKind::temporary);
        CHECK(stage.provider.asked.empty());
    }

    TEST_CASE("invalid_grant is a loss that is kept, told with the command that mends it")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.provider.will_refuse("invalid_grant");
        const auto token = stage.source().token({});
        REQUIRE_FALSE(token);
        CHECK(token.error().kind == ErrorKind::refused);
        CHECK(token.error().step ==
              "invalid_grant: so be it: run postman auth --provider google --user "
              "web@shop.example");
        CHECK(stage.kept().is_lost);
        CHECK(stage.kept().refresh_token == "1//first");
        const auto statuses = stage.store().list();
        REQUIRE(statuses.size() == 1);
        CHECK(statuses[0].needs_person);
        CHECK(statuses[0].mend == "postman auth --provider google --user web@shop.example");
        SUBCASE("the provider is asked again after an hour, not before")
        {
            CHECK(stage.source().token({}).error().kind == ErrorKind::refused);
            CHECK(stage.provider.asked.size() == 1);
            stage.clock.advance(3601s);
            stage.provider.will_grant("token-1");
            CHECK(*stage.source().token({}) == "token-1");
            CHECK_FALSE(stage.kept().is_lost);
        }
    }

    TEST_CASE("a provider in trouble is asked again when it says")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.provider.answers.push_back(mail::web::WebAnswer{503, "text/html", 120s, "<html>"});
        CHECK(stage.source().token({}).error().kind == ErrorKind::temporary);
        CHECK(stage.kept().retry_at == stage.now() + 120);
        CHECK_FALSE(stage.kept().is_lost);
    }

    TEST_CASE("a token of a wrong type is not used, and what is stored stays")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.provider.will_answer(200, R"({"access_token":"x","token_type":"mac"})");
        const auto token = stage.source().token({});
        REQUIRE_FALSE(token);
        CHECK(token.error().kind == ErrorKind::temporary);
        CHECK(stage.kept().access_token == "token-0");
        CHECK(stage.kept().refresh_token == "1//first");
    }

    TEST_CASE("a refresh token that came with a token that cannot be used is kept all the same")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.provider.will_answer(
            200, R"({"access_token":"x","token_type":"mac","refresh_token":"1//second"})");
        CHECK_FALSE(stage.source().token({}));
        CHECK(stage.kept().refresh_token == "1//second");
    }

    TEST_CASE("a token without expiry is taken for an hour")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.provider.will_grant("token-1", R"("scope":"x")");
        CHECK(*stage.source().token({}) == "token-1");
        CHECK(stage.kept().expires_at == stage.now() + 3600);
    }

    TEST_CASE("a clock that jumps by a day, either way, leads to a renewal, not to an old token")
    {
        for (const auto jump : {24h, -24h}) {
            CAPTURE(jump.count());
            Stage stage;
            stage.keep(stage.account());
            stage.clock.jump_wall(jump);
            stage.provider.will_grant("token-1");
            CHECK(*stage.source().token({}) == "token-1");
            stage.clock.jump_wall(-jump);
            stage.provider.will_grant("token-2");
            CHECK(*stage.source().token({}) == "token-2");
        }
    }

    TEST_CASE("a failure noted by a clock that was wrong does not keep us from asking")
    {
        Stage stage;
        stage.keep(stage.account(0s));
        stage.clock.jump_wall(24h);
        stage.provider.will_fail();
        CHECK_FALSE(stage.source().token({}));
        stage.clock.jump_wall(-24h);
        stage.provider.will_grant("token-1");
        CHECK(*stage.source().token({}) == "token-1");
    }

    TEST_CASE("a token that a server did not take is replaced, once a minute at most")
    {
        Stage stage;
        stage.keep(stage.account());
        auto source = stage.source();
        source.reject("another token");
        CHECK(*source.token({}) == "token-0");
        source.reject("token-0");
        stage.provider.will_grant("token-1");
        CHECK(*source.token({}) == "token-1");
        source.reject("token-1");
        CHECK(*source.token({}) == "token-1");
        stage.clock.advance(61s);
        source.reject("token-1");
        stage.provider.will_grant("token-2");
        CHECK(*source.token({}) == "token-2");
    }

    TEST_CASE("an account that is not there, cut, or another's is told with the command")
    {
        Stage stage;
        const auto absent = stage.source().token({});
        REQUIRE_FALSE(absent);
        CHECK(absent.error().kind == ErrorKind::refused);
        CHECK(absent.error().step.find("run postman auth --provider") != std::string::npos);
        Account other = stage.account();
        stage.keep(other);
        const std::string path = stage.directory.path() + "/oauth/web@shop.example.json";
        const std::string whole = stage.files.read_all(path, 100000).value();
        REQUIRE(stage.files.unlink(path));
        (*stage.files.create_exclusive(path))->write_all(whole.substr(0, whole.size() / 2)).value();
        CHECK(stage.source().token({}).error().step.find("cut off") != std::string::npos);
        CHECK(stage.store().list().at(0).needs_person);
        REQUIRE(stage.files.unlink(path));
        other.user = "other@shop.example";
        (*stage.files.create_exclusive(path))->write_all(encode_account(other)).value();
        CHECK(stage.source().token({}).error().step.find("of another account") !=
              std::string::npos);
    }

    TEST_CASE("an account with another provider than the way out's is told, not used")
    {
        Stage stage;
        stage.keep(stage.account());
        CHECK(*stage.source(0, "google").token({}) == "token-0");
        CHECK(stage.source(0, "microsoft").token({}).error().step ==
              "the account web@shop.example is with google, not with microsoft: run postman auth "
              "--provider microsoft --user web@shop.example");
    }

    TEST_CASE("who finds another process renewing a token that still works uses that one")
    {
        Stage stage;
        stage.keep(stage.account(100s));
        auto store = stage.store();
        const auto held = store.lock(kUser, 0ms, {});
        REQUIRE(held);
        CHECK(*stage.source().token({}) == "token-0");
        CHECK(stage.provider.asked.empty());
    }
}
