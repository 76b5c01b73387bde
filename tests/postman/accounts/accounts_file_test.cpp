#include "postman/accounts/accounts_file.h"

#include <doctest/doctest.h>

using postman::parse_accounts_file;
using postman::parse_served;

namespace
{

std::string fault_of(const std::string& text)
{
    const auto file = parse_accounts_file(text);
    return file ? "" : file.error().step;
}

}  // namespace

TEST_SUITE("postman/accounts_file")
{
    TEST_CASE("sections are accounts, what stands before them is for all")
    {
        const auto file = parse_accounts_file(
            "# accounts\ndefault = shop\nauthinfo = /etc/mail/authinfo\n"
            "generics-domain = Web1.Internal\ngenerics-entire-domain = true\n\n"
            "[shop]\nfor = Shop.Example\nfor = .shop.example\nfor = Web@other.example\n"
            "deliver = smtp://web@shop.example@smtp.provider.example:587\n"
            "password-file = /etc/postoffice/shop.password  # not here\n"
            "per-minute = 20\nper-day = 2000\ncount = recipients\n"
            "[ gmail ]\n");
        CHECK_FALSE(file);  // a name with spaces
        const auto good = parse_accounts_file(
            "default = shop\n[shop]\r\nfor = Shop.Example\nfor = .shop.example\n"
            "deliver = gmail\nuser = web@shop.example\nper-minute = 20\nper-day = 2000\n"
            "count = recipients\n\n[bulk]\ndeliver = maildir:/var/mail/bulk\n");
        REQUIRE(good);
        CHECK(good->default_account == "shop");
        REQUIRE(good->accounts.size() == 2);
        const auto& shop = good->accounts[0];
        CHECK(shop.name == "shop");
        CHECK(shop.line == 2);
        CHECK(shop.serves == std::vector<std::string>{"shop.example", ".shop.example"});
        CHECK(shop.deliver == "gmail");
        CHECK(shop.limits.per_minute == 20);
        CHECK(shop.limits.per_day == 2000);
        CHECK(shop.limits.counts_recipients);
        CHECK(good->accounts[1].limits.is_empty());
    }

    TEST_CASE("what is wrong is told with its line and the name that was meant")
    {
        struct Row {
            const char* text;
            const char* fault;
        };
        const Row rows[] = {
            {"[a]\ndeliver = gmail\npasswrd-file = x\n",
             "line 3: unknown name passwrd-file in an account (did you mean password-file?)"},
            {"defalt = a\n",
             "line 1: unknown name defalt before the first [ACCOUNT] (did you mean default?)"},
            {"deliver = gmail\n", "line 1: unknown name deliver before the first [ACCOUNT]"},
            {"[a]\ndeliver = gmail\n[a]\n", "line 3: the account a is there twice"},
            {"[a]\nfor = x.example\n", "line 1: the account a has no deliver"},
            {"[a]\n[b]\ndeliver = gmail\n", "line 1: the account a has no deliver"},
            {"[a]\ndeliver = gmail\ndeliver = gmail\n", "line 3: deliver is given twice"},
            {"[a]\ndeliver = gmail\nfor = x.example\n[b]\ndeliver = gmail\nfor = X.example\n",
             "line 6: x.example is served twice"},
            {"[a]\ndeliver = gmail\nper-day = 0\n",
             "line 3: per-day is a number from 1 to 1000000"},
            {"[a]\ndeliver = gmail\nper-minute = 3x\n",
             "line 3: per-minute is a number from 1 to 1000000"},
            {"[a]\ndeliver = gmail\ncount = bytes\n", "line 3: count is mails or recipients"},
            {"[a]\ndeliver =\n", "line 2: deliver is empty"},
            {"[a\n", "line 1: a section is [NAME], of letters, digits and . _ - @"},
            {"[\n", "line 1: a section is [NAME], of letters, digits and . _ - @"},
            {"[a b]\n", "line 1: a section is [NAME], of letters, digits and . _ - @"},
        };
        for (const Row& row : rows) {
            CAPTURE(row.text);
            CHECK(fault_of(row.text) == row.fault);
        }
        CHECK(fault_of("[a]\ndeliver = smtp://h\npassword = hidden\ntoken = store\n")
                  .find("several secrets") != std::string::npos);
        CHECK(fault_of("[a]\ndeliver\n").find("line 2") != std::string::npos);
    }

    TEST_CASE("a message never shows a secret")
    {
        for (const char* text : {"[a]\ndeliver = gmail\npassword = hunter2\npassword = hunter2\n",
                                 "[a]\npassword = hunter2\n", "password = hunter2\n",
                                 "[a]\ndeliver = x\npassword = hunter2\ntoken = hunter2\n"}) {
            CAPTURE(text);
            CHECK(fault_of(text) != "");
            CHECK(fault_of(text).find("hunter2") == std::string::npos);
        }
    }

    TEST_CASE("an account serves addresses, domains, and what is under a domain")
    {
        CHECK(*parse_served("Web@Shop.Example") == "web@shop.example");
        CHECK(*parse_served(".Shop.example") == ".shop.example");
        CHECK(*parse_served("localhost") == "localhost");
        for (const char* bad : {"", ".", "@", "@x.example", "web@", "web@.x.example", "..x", "x.",
                                "a b", "<web@x.example>", "a,b"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_served(bad));
        }
    }
}
