#include "common/lock_file.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "tests/support/temporary_directory.h"

using namespace mail;

TEST_CASE("a second taker is told who holds the lock, and gets it when the first lets go")
{
    const test::TemporaryDirectory directory;
    const std::string path = directory.path() + "/x.lock";
    {
        const auto first = LockFile::take(path);
        REQUIRE(first.has_value());
        const auto second = LockFile::take(path);
        REQUIRE_FALSE(second.has_value());
        CHECK(second.error().kind == ErrorKind::conflict);
        CHECK(second.error().step.find("process " + std::to_string(::getpid())) !=
              std::string::npos);
    }
    CHECK(LockFile::take(path).has_value());
}
