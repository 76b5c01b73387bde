#include "common/users/users.h"

#include <doctest/doctest.h>

#include <ostream>

#include "common/base64.h"

using namespace mail;
using Verdict = mail::Users::Verdict;

namespace mail
{
std::ostream& operator<<(std::ostream& out, mail::Users::Verdict verdict)
{
    constexpr const char* kWords[] = {"welcome", "denied", "busy"};
    return out << kWords[static_cast<int>(verdict)];
}
}  // namespace mail

namespace
{

// "secret", by htpasswd -B and mkpasswd -m yescrypt
const mail::UserEntry kAnn{"ann", "$2y$04$ifTjE6RDCBiQT7U3wTgsDOkEOLsDq9OrviJQ4PpoKzGpm98rx8MOq"};
const mail::UserEntry kBob{
    "bob", "$y$j9T$.OqvWtaQkZ/e/b6P/RHg71$/HhJqWW2Jmm3K8RLLTC/kJFrw3UUCDdTXEPn/ux/T98"};

std::string basic(const std::string& pair)
{
    return "Basic " + mail::base64_encode(pair);
}

}  // namespace

TEST_SUITE("common/users")
{
    TEST_CASE("bcrypt of htpasswd and yescrypt let the right password in (RFC 7617)")
    {
        mail::Users users({kAnn, kBob});
        CHECK(users.check(basic("ann:secret")).verdict == Verdict::welcome);
        CHECK(users.check(basic("bob:secret")).verdict == Verdict::welcome);
        CHECK(users.check(basic("ann:secret")).name == "ann");
    }

    TEST_CASE("nothing else is let in")
    {
        mail::Users users({kAnn});
        const std::string rows[] = {
            "",
            "Basic",
            "Basic ",
            basic("ann:Secret"),
            basic("ann:secret "),
            basic("ann:"),
            basic("ann"),
            basic(":secret"),
            basic("Ann:secret"),
            basic("bob:secret"),
            basic("ann:secre"),
            basic(std::string("ann:secret\0", 11)),
            basic("ann:secret\n"),
            "Bearer " + mail::base64_encode("ann:secret"),
            "Basic ann:secret",
            basic("ann:secret") + "=",
            basic("ann:secret") + " x",
            basic("ann:" + std::string(600, 'x')),
        };
        for (const std::string& authorization : rows) {
            CAPTURE(authorization);
            CHECK(users.check(authorization).verdict == Verdict::denied);
        }
    }

    TEST_CASE(
        "the scheme's name is read whatever its case, and a password may have colons (RFC 7617 2)")
    {
        mail::Credentials credentials;
        REQUIRE(mail::parse_basic("bAsIc  " + mail::base64_encode("ann:a:b"), credentials));
        CHECK(credentials.name == "ann");
        CHECK(credentials.password == "a:b");
    }

    TEST_CASE("an unknown name costs the same slow hash as a wrong password")
    {
        mail::Users users({kAnn});
        CHECK(users.check(basic("ann:wrong")).verdict == Verdict::denied);
        CHECK(users.slow_hashes() == 1);
        CHECK(users.check(basic("nobody:secret")).verdict == Verdict::denied);
        CHECK(users.slow_hashes() == 2);
    }

    TEST_CASE("the first user's password under an unknown name is not let in")
    {
        mail::Users users({kAnn});
        CHECK(users.check(basic("nobody:secret")).verdict == Verdict::denied);
        CHECK(users.check(basic("nobody:secret")).verdict == Verdict::denied);
    }

    TEST_CASE("what was verified costs a slow hash once; what was not, each time")
    {
        mail::Users users({kAnn});
        for (int i = 0; i < 5; ++i)
            CHECK(users.check(basic("ann:secret")).verdict == Verdict::welcome);
        CHECK(users.slow_hashes() == 1);
        for (int i = 0; i < 3; ++i)
            CHECK(users.check(basic("ann:wrong")).verdict == Verdict::denied);
        CHECK(users.slow_hashes() == 4);
    }

    TEST_CASE("other users from a reread file hold at once, and nothing is remembered")
    {
        mail::Users users({kAnn});
        CHECK(users.check(basic("ann:secret")).verdict == Verdict::welcome);
        users.replace({{"carl", kAnn.hash}});
        CHECK(users.check(basic("ann:secret")).verdict == Verdict::denied);
        CHECK(users.check(basic("carl:secret")).verdict == Verdict::welcome);
    }

    TEST_CASE("a name and its password are let in without a header, too, and remembered (RFC 4954)")
    {
        mail::Users users({kAnn});
        CHECK_FALSE(users.remembers({"ann", "secret"}));
        CHECK(users.check_password({"ann", "wrong"}).verdict == Verdict::denied);
        CHECK(users.check_password({"ann", std::string("secret\0x", 8)}).verdict ==
              Verdict::denied);
        CHECK(users.check_password({"ann", std::string(600, 'x')}).verdict == Verdict::denied);
        CHECK(users.slow_hashes() == 1);
        CHECK(users.check_password({"ann", "secret"}).verdict == Verdict::welcome);
        CHECK(users.remembers({"ann", "secret"}));
        CHECK_FALSE(users.remembers({"ann", "wrong"}));
        mail::Credentials credentials{"ann", "secret"};
        mail::wipe(credentials);
        CHECK(credentials.password.empty());
    }
}
