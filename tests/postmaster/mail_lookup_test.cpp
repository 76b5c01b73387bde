#include "postmaster/mail_lookup.h"

#include <doctest/doctest.h>

using namespace postmaster;
using mail::ErrorKind;
using mail::SpoolId;

namespace
{

SpoolId id(const std::string& hex)
{
    return *SpoolId::parse(hex);
}

const std::vector<SpoolId> kMails = {id("018f0000000070008000000000000001"),
                                     id("018f0000000070008000000000000002"),
                                     id("0190abcdef0070008000000000000003")};

mail::Result<SpoolId> find(const std::string& given)
{
    MailLookup lookup({given, "0777"});
    for (const SpoolId& mail : kMails) lookup.offer(mail);
    lookup.offer(kMails.back());  // told twice, as a mail that moved meanwhile
    return lookup.find(given);
}

}  // namespace

TEST_SUITE("postmaster/mail_lookup")
{
    TEST_CASE("a whole id, a file's name, and a beginning that is one mail's find it")
    {
        for (const char* given : {"0190abcdef0070008000000000000003", "0190ABCDEF00", "019",
                                  "0190abcdef00.json", "0190abcdef0070008000000000000003.json"}) {
            CAPTURE(given);
            const auto found = find(given);
            REQUIRE(found);
            CHECK(*found == kMails[2]);
        }
        CHECK(*find("018f0000000070008000000000000002") == kMails[1]);
    }

    TEST_CASE("whole ids need no look at all mails, beginnings do")
    {
        CHECK_FALSE(MailLookup({kMails[0].hex(), kMails[1].hex() + ".json", "xyz"}).wants_all());
        CHECK(MailLookup({kMails[0].hex(), "018f"}).wants_all());
    }

    TEST_CASE("what two mails begin with finds neither, and both are named")
    {
        const auto found = find("018f");
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == ErrorKind::conflict);
        CHECK(found.error().step.find(kMails[0].hex()) != std::string::npos);
        CHECK(found.error().step.find(kMails[1].hex()) != std::string::npos);
    }

    TEST_CASE("what is no id, and a beginning that nobody has, are told apart")
    {
        CHECK(find("0191").error().kind == ErrorKind::missing);
        for (const char* given :
             {"", ".json", "xyz", "../held", "018f/0", "-1", "018f00000000700080000000000000010"}) {
            CAPTURE(given);
            CHECK(find(given).error().kind == ErrorKind::malformed);
        }
    }
}
