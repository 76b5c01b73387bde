#include "common/spool/message_id_key.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/support/temporary_directory.h"

using mail::message_id_key;

namespace
{

struct Spool {
    mail::test::TemporaryDirectory directory;
    mail::SpoolLayout layout{directory.path()};
    Spool() { ::mkdir(layout.state_dir().c_str(), 0700); }
};

}  // namespace

TEST_SUITE("common/message_id_key")
{
    TEST_CASE("the key is made once, 32 bytes that only the owner reads, and read back for ever")
    {
        const Spool spool;
        const auto first = message_id_key(spool.layout, mail::system_files());
        REQUIRE(first);
        CHECK(first->size() == 32);
        struct stat status {
        };
        REQUIRE(::stat(spool.layout.message_id_key().c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
        CHECK(message_id_key(spool.layout, mail::system_files()).value() == *first);
        const Spool other;
        CHECK(message_id_key(other.layout, mail::system_files()).value() != *first);
    }

    TEST_CASE("what a crash left of an unfinished key does not stand in the way")
    {
        const Spool spool;
        std::ofstream(spool.layout.message_id_key() + ".new") << "half";
        CHECK(message_id_key(spool.layout, mail::system_files()).value().size() == 32);
    }

    TEST_CASE("a key that is too short or too long is not replaced in silence: threads would break")
    {
        for (const std::size_t size : {0, 1, 31, 33, 4096}) {
            CAPTURE(size);
            const Spool spool;
            std::ofstream(spool.layout.message_id_key()) << std::string(size, 'k');
            const auto key = message_id_key(spool.layout, mail::system_files());
            REQUIRE_FALSE(key);
            CHECK(key.error().kind == mail::ErrorKind::corrupt);
            CHECK(key.error().step.find("message-id.key is not 32 bytes long") !=
                  std::string::npos);
        }
    }
}
