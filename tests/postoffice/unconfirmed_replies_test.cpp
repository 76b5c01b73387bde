#include "postoffice/unconfirmed_replies.h"

#include <doctest/doctest.h>

using namespace postoffice;
using Tickets = std::vector<ResendGuard::Ticket>;

TEST_SUITE("postoffice/unconfirmed_replies")
{
    TEST_CASE(
        "a 250 is confirmed by what begins behind the place where the stream stood when it was "
        "written (RFC 1047)")
    {
        UnconfirmedReplies replies;
        replies.add(7);
        CHECK(replies.has_unwritten());
        CHECK(replies.confirmed_by(1'000'000).empty());  // not even written
        replies.about_to_write(100);
        CHECK_FALSE(replies.has_unwritten());
        CHECK(replies.confirmed_by(99).empty());  // pipelined
        CHECK(replies.confirmed_by(100) == Tickets{7});
        CHECK(replies.confirmed_by(200).empty());  // once is enough
    }

    TEST_CASE("several 250s, each with its own place")
    {
        UnconfirmedReplies replies;
        replies.add(1);
        replies.add(2);
        replies.about_to_write(50);
        replies.add(3);
        replies.about_to_write(80);
        CHECK(replies.confirmed_by(60) == Tickets{1, 2});
        CHECK(replies.confirmed_by(80) == Tickets{3});
    }
}
