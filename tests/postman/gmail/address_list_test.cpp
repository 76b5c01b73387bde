#include "postman/gmail/address_list.h"

#include <doctest/doctest.h>

using postman::address_key;
using postman::is_plain_address;
using postman::read_address_list;
using List = std::vector<std::string>;

TEST_SUITE("postman/address_list")
{
    TEST_CASE("addresses come out of every form that the letter knows (RFC 5322 3.4)")
    {
        struct Row {
            const char* body;
            List addresses;
        };
        const Row rows[] = {
            {" ann@example.org", {"ann@example.org"}},
            {" ann@example.org, bob@example.net\r\n", {"ann@example.org", "bob@example.net"}},
            {" ann@example.org,\r\n bob@example.net", {"ann@example.org", "bob@example.net"}},
            {" Ann Lee <ann@example.org>", {"ann@example.org"}},
            {" \"Lee, Ann <x@y>\" <ann@example.org>", {"ann@example.org"}},
            {" =?utf-8?q?=C3=84nn?= <ann@example.org>", {"ann@example.org"}},
            {" \xC3\x84nn <ann@example.org>", {"ann@example.org"}},
            {" J. R. Doe <ann@example.org>", {"ann@example.org"}},
            {" ann@example.org (at (home), bob@example.net)", {"ann@example.org"}},
            {" ann (x) @ (y) example.org", {"ann@example.org"}},
            {" \"a b\"@example.org", {"\"a b\"@example.org"}},
            {" ann@[192.0.2.1]", {"ann@[192.0.2.1]"}},
            {" undisclosed-recipients:;", {}},
            {" Team: ann@example.org, Bob <bob@example.net>;, c@example.com",
             {"ann@example.org", "bob@example.net", "c@example.com"}},
            {" , ann@example.org,, ", {"ann@example.org"}},
            {" ann@example.org <ANN@example.org>", {"ANN@example.org"}},
            {"", {}},
        };
        for (const Row& row : rows) {
            CAPTURE(row.body);
            const auto list = read_address_list(row.body);
            REQUIRE(list);
            CHECK(*list == row.addresses);
        }
    }

    TEST_CASE("what leaves a doubt about who is named is not read")
    {
        for (const char* body : {
                 " root",
                 " ann@example.org bob@example.net",
                 " ann@example.org; bob@example.net",
                 " Smith, Ann <ann@example.org>",
                 " bob@example.net <ann@example.org>",
                 " <@relay.example:ann@example.org>",
                 " <ann@example.org",
                 " ann@example.org>",
                 " <>",
                 " \"Ann <ann@example.org>",
                 " (Ann ann@example.org",
                 " ann@example.org) bob@example.net",
                 " ann@[192.0.2.1",
                 " =?utf-8?b?YW5uQGV4YW1wbGUub3Jn?=",
                 " =?utf-8?q?bob=40evil.example?=@example.org",
                 " Team: Inner: ann@example.org;;",
                 " Team: ann@example.org",
                 " Team: ann@example.org; bob@example.net",
                 " ann@@example.org",
                 " a..b@example.org",
                 " ann@example.org\\",
                 " ann@exam\x01ple.org",
                 " <ann@example.org> trailing",
             }) {
            CAPTURE(body);
            CHECK_FALSE(read_address_list(body));
        }
    }

    TEST_CASE("a list cut anywhere gives no address that the whole did not have")
    {
        const std::string whole = " Ann (x) <ann@example.org>, G: \"b, c\"@example.net;, d@[::1]";
        const List all = *read_address_list(whole);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            const auto list = read_address_list(whole.substr(0, size));
            if (!list) continue;
            CAPTURE(size);
            CHECK(list->size() <= all.size());
        }
    }

    TEST_CASE("a recipient that a header cannot carry as it stands is told apart")
    {
        CHECK(is_plain_address("ann@example.org"));
        CHECK(is_plain_address("\"a b\"@example.org"));
        for (const char* bad : {"root", "ann@example.org, bob@example.net", "<ann@example.org>",
                                " ann@example.org", "a b@example.org", "", "ann(x)@example.org"}) {
            CAPTURE(bad);
            CHECK_FALSE(is_plain_address(bad));
        }
    }

    TEST_CASE("one mailbox has one key, whatever its case and quotes (RFC 5321 2.4, 4.1.2)")
    {
        CHECK(address_key("Ann@Example.ORG") == address_key("ann@example.org"));
        CHECK(address_key("\"ann\"@example.org") == address_key("ann@example.org"));
        CHECK(address_key("\"a\\n\\n\"@example.org") == address_key("ann@example.org"));
        CHECK(address_key("ann@example.org") != address_key("ann@example.net"));
        CHECK(address_key("root") == "root");
    }
}
