#include "postman/sendmail_backend.h"

#include <doctest/doctest.h>

#include "common/line_ends.h"

using mail::OutcomeKind;
using postman::Broken;
using postman::judge_sendmail;
using postman::ProcessEnd;
using postman::Verdict;
using namespace std::chrono_literals;

TEST_SUITE("postman/sendmail_backend")
{
    TEST_CASE("sendmail is called by envelope: -i, -f, -- and the recipients, never -t")
    {
        CHECK(
            postman::sendmail_arguments("/usr/sbin/sendmail", "web@app.example", {"a@x", "b@x"}) ==
            std::vector<std::string>{"/usr/sbin/sendmail", "-i", "-f", "web@app.example", "--",
                                     "a@x", "b@x"});
        CHECK(postman::sendmail_arguments("/s", "", {"a@x"}) ==
              std::vector<std::string>{"/s", "-i", "-f", "<>", "--", "a@x"});
    }

    TEST_CASE("line ends become LF, and nothing else changes")
    {
        CHECK(mail::with_lf_line_ends("a\r\nb\r\n.\r\n\r\n") == "a\nb\n.\n\n");
        CHECK(mail::with_lf_line_ends("a\rb\nc\r\r\n") == "a\rb\nc\r\n");
        CHECK(mail::with_lf_line_ends(std::string_view("\0\r\n\xff", 4)) ==
              std::string("\0\n\xff", 3));
        CHECK(mail::with_lf_line_ends("") == "");
        CHECK(mail::with_lf_line_ends("no end") == "no end");
    }

    TEST_CASE("the end of a sendmail gives the verdict, with its own words as the reason")
    {
        using How = ProcessEnd::How;
        const auto verdict = [](ProcessEnd end) {
            return std::get<Verdict>(judge_sendmail(end, 300s));
        };
        CHECK(verdict({How::exited, 0, "", true}).kind == OutcomeKind::delivered);
        CHECK(verdict({How::exited, 0, "", false}).kind == OutcomeKind::deferred);
        CHECK(verdict({How::exited, 75, "sendmail: queue\n\tfull\n", true}).reason ==
              "exit 75 (temporary failure): sendmail: queue full");
        CHECK(verdict({How::exited, 67, "", true}).kind == OutcomeKind::failed);
        CHECK(verdict({How::exited, 1, "", true}).kind == OutcomeKind::deferred);
        CHECK_FALSE(verdict({How::exited, 1, "", true}).may_be_accepted);
        CHECK(verdict({How::signalled, 11, "", true}).reason == "ended by signal 11");
        CHECK(verdict({How::signalled, 11, "", true}).may_be_accepted);
        CHECK(verdict({How::timed_out, 9, "", true}).reason == "no end within 300 s, killed");
        CHECK(verdict({How::timed_out, 9, "", true}).may_be_accepted);
        CHECK_FALSE(verdict({How::timed_out, 9, "", false}).may_be_accepted);
        CHECK(
            std::get<Broken>(judge_sendmail({How::exited, 78, "bad main.cf", true}, 300s)).reason ==
            "exit 78 (configuration error): bad main.cf");
    }
}
