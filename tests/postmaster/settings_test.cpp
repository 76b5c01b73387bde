#include "postmaster/settings.h"

#include <doctest/doctest.h>

using namespace postmaster;

TEST_SUITE("postmaster/settings")
{
    TEST_CASE("the defaults are sound")
    {
        CHECK_FALSE(fault_of(Settings{}));
    }

    TEST_CASE("an address that faces the network is refused with the reason")
    {
        for (const char* address :
             {"0.0.0.0:8000", "192.0.2.1:8000", "[::]:8000", "[2001:db8::1]:80"}) {
            CAPTURE(address);
            Settings settings;
            settings.listen = address;
            const auto fault = fault_of(settings);
            REQUIRE(fault);
            CHECK(fault->find("nginx faces the network") != std::string::npos);
        }
        for (const char* address :
             {"127.0.0.1:8000", "[::1]:8000", "127.1.2.3:80", "unix:/run/x"}) {
            CAPTURE(address);
            Settings settings;
            settings.listen = address;
            CHECK_FALSE(fault_of(settings));
        }
    }

    TEST_CASE("what cannot be meant is told by its option")
    {
        struct Row {
            const char* option;
            Settings settings;
        };
        std::vector<Row> rows(10);
        rows[0] = {"--listen", {}};
        rows[0].settings.listen = "unix:relative";
        rows[1] = {"--listen", {}};
        rows[1].settings.listen = "unix:/" + std::string(200, 'x');
        rows[2] = {"--listen", {}};
        rows[2].settings.listen = "example.org";
        rows[3] = {"--public-domain", {}};
        rows[3].settings.public_domain = "a b";
        rows[4] = {"--users", {}};
        rows[4].settings.users = "/nonexistent/users";
        rows[5] = {"--default-domain", {}};
        rows[5].settings.default_domain = "@example.org";
        rows[6] = {"--courier-name", {}};
        rows[6].settings.courier_name = {"mail.example.org", "192.0.2.1:25"};
        rows[7] = {"--keep-header", {}};
        rows[7].settings.keep_header = {"X-Shop-Order:"};
        rows[8] = {"--rewrite", {}};
        rows[8].settings.rewrite = {"@web1.internal=@"};
        rows[9] = {"--origin", {}};
        rows[9].settings.origin = {"10.0.0.0/33"};
        for (const Row& row : rows) {
            const auto fault = fault_of(row.settings);
            REQUIRE(fault);
            CAPTURE(*fault);
            CHECK(fault->starts_with(row.option));
        }
    }
}
