#include "postmaster/queue_list_text.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include "postmaster/age_table.h"

using namespace postmaster;

namespace
{

constexpr std::int64_t kNow = 1'795'163'247;

Json mail_of(std::int64_t age_minutes, const std::string& sender,
             const std::vector<std::string>& recipients)
{
    Json mail = {{"queue_id", "018f0000000070008000000000000001"},
                 {"state", "waiting"},
                 {"arrival_time", kNow - age_minutes * 60},
                 {"message_size", 163},
                 {"sender", sender},
                 {"recipients", Json::array()}};
    for (const std::string& one : recipients) mail["recipients"].push_back({{"address", one}});
    return mail;
}

struct InUtc {
    InUtc()
    {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
};

}  // namespace

TEST_SUITE("postmaster/queue_list_text")
{
    TEST_CASE_FIXTURE(InUtc, "mailq is nullmailer's, octet by octet")
    {
        Json mail = mail_of(0, "web@app.example", {"r1@d.example", "r2@d.example"});
        mail["arrival_time"] = 1'795'156'109;
        CHECK(mailq_text(mail) ==
              "2026-11-20 06:28:29 163 bytes from <web@app.example>\n"
              "  to <r1@d.example>\n"
              "  to <r2@d.example>\n");
        CHECK(mailq_text(mail_of(0, "", {"root"})) ==
              "2026-11-20 08:27:27 163 bytes from <>\n  to <root>\n");
    }

    TEST_CASE("a line of the list says who, to whom, how old and how large; below it why and when")
    {
        Json mail = mail_of(3, "web@app.example", {"a@d.example", "b@d.example"});
        CHECK(listed_text(mail, kNow, {}) ==
              "018f0000000070008000000000000001  waiting      3m      163 B  web@app.example -> "
              "a@d.example, b@d.example\n");
        mail = mail_of(60 * 24 * 9, "", {"a@x", "b@x", "c@x", "d@x", "e@x"});
        mail["state"] = "deferred";
        mail["message_size"] = 3 << 20;
        mail["next_try"] = kNow + 240;
        mail["reason"] = "451 \x1b[2J later";
        CHECK(listed_text(mail, kNow, {}) ==
              "018f0000000070008000000000000001  deferred     9d    3.0 MiB  <> -> a@x, b@x, c@x "
              "+2\n    next try in 4m; 451 \\x1b[2J later\n");
        CHECK(listed_text(Json::object(), kNow, {}).ends_with("\n"));
        mail = mail_of(3, "", {});
        mail["state"] = "corrupt";
        mail["error"] = mail["reason"] = "read record: torn";
        CHECK(listed_text(mail, kNow, {}) ==
              "018f0000000070008000000000000001  corrupt      3m      163 B  ?\n"
              "    read record: torn\n");
    }

    TEST_CASE("ages are in the form of qshape, the most first, by recipients or by senders")
    {
        AgeTable recipients(false), senders(true);
        for (const Json& mail :
             {mail_of(1, "web@App.example", {"a@d.example", "b@D.example", "c@other.example"}),
              mail_of(4, "", {"a@d.example"}), mail_of(5, "web@app.example", {"a@d.example"}),
              mail_of(1279, "web@app.example", {"a@d.example"}),
              mail_of(1280, "web@app.example", {"root"})}) {
            recipients.add(mail, kNow);
            senders.add(mail, kNow);
        }
        CHECK(recipients.text() ==
              "              T 5 10 20 40 80 160 320 640 1280 1280+\n"
              "        TOTAL 7 4  1  0  0  0   0   0   0    1     1\n"
              "    d.example 5 3  1  0  0  0   0   0   0    1     0\n"
              "other.example 1 1  0  0  0  0   0   0   0    0     0\n"
              "         root 1 0  0  0  0  0   0   0   0    0     1\n");
        CHECK(senders.text() ==
              "              T 5 10 20 40 80 160 320 640 1280 1280+\n"
              "        TOTAL 5 2  1  0  0  0   0   0   0    1     1\n"
              "  app.example 4 1  1  0  0  0   0   0   0    1     1\n"
              "MAILER-DAEMON 1 1  0  0  0  0   0   0   0    0     0\n");
        CHECK(AgeTable(false).text().empty());
    }

    TEST_CASE("ages and sizes are short")
    {
        CHECK(age_text(-5) == "0s");
        CHECK(age_text(119) == "119s");
        CHECK(age_text(120) == "2m");
        CHECK(age_text(7200) == "2h");
        CHECK(age_text(172'800) == "2d");
        CHECK(size_text(1023) == "1023 B");
        CHECK(size_text(1024) == "1.0 KiB");
        CHECK(size_text(12'800) == "12.5 KiB");
    }
}
