#include "common/users/users_file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temporary_directory.h"

using namespace mail;
using mail::ErrorKind;

namespace
{

const std::string kBcrypt = "$2y$04$ifTjE6RDCBiQT7U3wTgsDOkEOLsDq9OrviJQ4PpoKzGpm98rx8MOq";
const std::string kYescrypt =
    "$y$j9T$.OqvWtaQkZ/e/b6P/RHg71$/HhJqWW2Jmm3K8RLLTC/kJFrw3UUCDdTXEPn/ux/T98";
const std::string kSha512 =
    "$6$37GnoFg8JaFolYA4$hbyu4VMbJkF5Bpwt1gxjRwJAfx3jwDyAYwsamUmztezIiDru5PBkKby6JxZTVVXLc8zY81ub2."
    "ueFi2JjqFEC0";

}  // namespace

TEST_SUITE("common/users_file")
{
    TEST_CASE("lines of htpasswd and mkpasswd are read; comments and empty lines are passed over")
    {
        const auto users = mail::parse_users("# couriers\nann:" + kBcrypt + "\n\nbob:" + kYescrypt +
                                             "\r\ncarl:" + kSha512);
        REQUIRE(users);
        CHECK(*users == std::vector<mail::UserEntry>{
                            {"ann", kBcrypt}, {"bob", kYescrypt}, {"carl", kSha512}});
    }

    TEST_CASE("what is wrong is told with its line")
    {
        const std::string good = "ann:" + kBcrypt + "\n";
        const std::string bad[] = {
            "bob",
            ":" + kBcrypt,
            "bob:",
            "bob:secret",
            "bob:$1$C6Hu4SE6$BDSvW.8UhbOmd6sJWWmb21",
            "bob:$apr1$6blKaV34$jbQpFLn./WSsA0Ltpqtx00",
            "bob:" + kBcrypt.substr(0, 40),
            "bob:" + kBcrypt + ":1000:",
            "bob:" + kBcrypt + "x",
            "bob:" + kYescrypt.substr(0, kYescrypt.size() - 1),
            "ann:" + kBcrypt,
            "b\tb:" + kBcrypt,
            std::string(257, 'b') + ":" + kBcrypt,
            "bob:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
            "bob:$y$",
            "bob:$2y$99$ifTjE6RDCBiQT7U3wTgsDOkEOLsDq9OrviJQ4PpoKzGpm98rx8MOq",
        };
        for (const std::string& line : bad) {
            CAPTURE(line);
            const auto users = mail::parse_users(good + "# two\n" + line + "\n");
            REQUIRE_FALSE(users);
            CHECK(users.error().kind == ErrorKind::malformed);
            CHECK(users.error().step.starts_with("line 3: "));
        }
    }

    TEST_CASE("a file without a user is refused: it would keep everybody out without a word")
    {
        CHECK_FALSE(mail::parse_users(""));
        CHECK_FALSE(mail::parse_users("# nobody\n\n"));
    }

    TEST_CASE("a file that everybody can read is refused, and so is one that is not there")
    {
        const mail::test::TemporaryDirectory directory;
        const std::string path = directory.path() + "/users";
        CHECK(mail::read_users_file(path).error().kind == ErrorKind::temporary);
        std::ofstream(path) << "ann:" << kBcrypt << "\n";
        ::chmod(path.c_str(), 0644);
        CHECK(mail::read_users_file(path).error().kind == ErrorKind::refused);
        ::chmod(path.c_str(), 0640);
        CHECK(mail::read_users_file(path).value().size() == 1);
    }
}
