#include "postman/smtp/reply.h"

#include <doctest/doctest.h>

using postman::smtp::Reply;
using postman::smtp::ReplyParser;

namespace
{

std::vector<Reply> all_of(ReplyParser& parser)
{
    std::vector<Reply> replies;
    while (auto reply = parser.next()) replies.push_back(*reply);
    return replies;
}

}  // namespace

TEST_SUITE("postman/smtp/reply")
{
    TEST_CASE("replies of one and of many lines, cut at every octet (RFC 5321 4.2.1)")
    {
        const std::string bytes =
            "220 mx.example ESMTP\r\n"
            "250-mx.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n"
            "354\r\n250 \r\n"
            "550-5.1.1 No such\r\n550 5.1.1 user\r\n";
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            CAPTURE(cut);
            ReplyParser parser;
            parser.feed(bytes.substr(0, cut));
            auto replies = all_of(parser);
            parser.feed(bytes.substr(cut));
            for (const Reply& reply : all_of(parser)) replies.push_back(reply);
            REQUIRE(replies.size() == 5);
            CHECK(replies[0].text() == "220 mx.example ESMTP");
            CHECK(replies[1].lines ==
                  std::vector<std::string>{"mx.example", "PIPELINING", "SIZE 1000"});
            CHECK(replies[2].code == 354);
            CHECK(replies[3].text() == "250");
            CHECK(replies[4].text() == "550 5.1.1 No such 5.1.1 user");
            CHECK(replies[4].enhanced() == "5.1.1");
            CHECK(parser.is_empty());
            CHECK(parser.fault().empty());
        }
    }

    TEST_CASE("a line that ends in LF alone is a line")
    {
        ReplyParser parser;
        parser.feed("250-a\n250 b\n");
        REQUIRE(all_of(parser).size() == 1);
    }

    TEST_CASE("half a reply is none, and not nothing")
    {
        for (const char* half : {"2", "250 Ok\r", "250-Ok\r\n", "250-Ok\r\n250 x"}) {
            CAPTURE(half);
            ReplyParser parser;
            parser.feed(half);
            CHECK_FALSE(parser.next());
            CHECK_FALSE(parser.is_empty());
        }
    }

    TEST_CASE("what is no reply is a fault, and nothing is taken after it")
    {
        for (const char* bad : {"HTTP/1.1 400 Bad Request\r\n", "\r\n", "25\r\n", "250_ok\r\n",
                                "150 ok\r\n", "650 ok\r\n", "260 ok\r\n", "2x0 ok\r\n",
                                "250-a\r\n550 b\r\n", "250-a\r\nhello\r\n", " 250 ok\r\n"}) {
            CAPTURE(bad);
            ReplyParser parser;
            parser.feed(std::string(bad) + "250 good\r\n");
            CHECK_FALSE(parser.next());
            CHECK_FALSE(parser.fault().empty());
            parser.feed("250 good\r\n");
            CHECK_FALSE(parser.next());
        }
    }

    TEST_CASE("a reply of a megabyte is a fault long before its end")
    {
        SUBCASE("in one line")
        {
            ReplyParser parser;
            parser.feed("220 " + std::string(8192, 'x'));
            CHECK_FALSE(parser.next());
            CHECK(parser.fault() == "a line of its reply is over 4 KiB");
        }
        SUBCASE("in many lines")
        {
            ReplyParser parser;
            std::size_t fed = 0;
            while (parser.fault().empty() && fed < 1'000'000) {
                const std::string line = "250-" + std::string(1000, 'y') + "\r\n";
                parser.feed(line);
                fed += line.size();
                CHECK_FALSE(parser.next());
            }
            CHECK(fed < 40'000);
        }
        SUBCASE("in many short lines")
        {
            ReplyParser parser;
            for (int i = 0; i < 300; ++i) parser.feed("250-\r\n");
            CHECK_FALSE(parser.next());
            CHECK(parser.fault() == "its reply is over 200 lines or 32 KiB");
        }
    }

    TEST_CASE("a reply's words cannot forge a line of the log")
    {
        const Reply reply{550, {"a\rb\x1b[2Jc", "d"}};
        CHECK(reply.text() == "550 a b [2Jc d");
    }

    TEST_CASE("an enhanced code is one of its own class (RFC 2034)")
    {
        const auto enhanced = [](int code, const char* text) {
            return std::string(Reply{code, {text}}.enhanced());
        };
        CHECK(enhanced(452, "4.5.3 Too many") == "4.5.3");
        CHECK(enhanced(250, "2.1.15") == "2.1.15");
        CHECK(enhanced(452, "5.5.3 no").empty());
        CHECK(enhanced(452, "4.5 no").empty());
        CHECK(enhanced(452, "4.5.x").empty());
        CHECK(enhanced(452, "4..5 no").empty());
        CHECK(enhanced(452, "4.5.3no").empty());
        CHECK(enhanced(452, "").empty());
    }
}
