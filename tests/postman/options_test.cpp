#include "postman/options.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using postman::parse_duration;
using postman::parse_way_out;
using postman::WayOutChoice;

TEST_SUITE("postman/options")
{
    TEST_CASE("durations have a unit, seconds without one")
    {
        CHECK(*parse_duration("5d") == 120h);
        CHECK(*parse_duration("36h") == 36h);
        CHECK(*parse_duration("90m") == 90min);
        CHECK(*parse_duration("300s") == 300s);
        CHECK(*parse_duration("300") == 300s);
        for (const char* bad : {"", "d", "-1", "5w", "5 d", "5dd", "99999999999999999999", "1e3"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_duration(bad));
        }
    }

    TEST_CASE("the way out is sendmail or a Maildir, by its absolute path")
    {
        CHECK(parse_way_out("sendmail")->path == "/usr/sbin/sendmail");
        CHECK(parse_way_out("sendmail:/opt/s")->path == "/opt/s");
        CHECK(parse_way_out("maildir:/var/mail/x")->kind == WayOutChoice::Kind::maildir);
        for (const char* bad :
             {"", "smtp", "sendmail:", "sendmail:rel", "maildir:", "maildir:rel", "maildir"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_way_out(bad));
        }
    }
}
