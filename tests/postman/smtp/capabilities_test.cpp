#include "postman/smtp/capabilities.h"

#include <doctest/doctest.h>

using postman::smtp::Capabilities;
using postman::smtp::parse_capabilities;

TEST_SUITE("postman/smtp/capabilities")
{
    TEST_CASE("what EHLO offers, in any case and order (RFC 5321 4.1.1.1)")
    {
        const Capabilities can = parse_capabilities(
            {250,
             {"mx.example greets", "pipelining", "SIZE 52428800", "STARTTLS", "8BITMIME",
              "SMTPUTF8", "AUTH PLAIN login", "AUTH=LOGIN XOAUTH2", "XVERP", ""}});
        CHECK(can.pipelining);
        CHECK(can.size);
        CHECK(can.max_bytes == 52428800);
        CHECK(can.starttls);
        CHECK(can.eight_bit_mime);
        CHECK(can.smtputf8);
        CHECK(can.sign_in == std::vector<std::string>{"PLAIN", "LOGIN", "XOAUTH2"});
    }

    TEST_CASE("the greeting's line offers nothing, whatever it says")
    {
        const Capabilities can = parse_capabilities({250, {"STARTTLS PIPELINING"}});
        CHECK_FALSE(can.starttls);
        CHECK_FALSE(can.pipelining);
    }

    TEST_CASE("an unsound size is no limit (RFC 1870 4)")
    {
        for (const char* line :
             {"SIZE", "SIZE 0", "SIZE x", "SIZE -1", "SIZE 99999999999999999999"}) {
            CAPTURE(line);
            const Capabilities can = parse_capabilities({250, {"mx", line}});
            CHECK(can.size);
            CHECK(can.max_bytes == 0);
        }
    }
}
