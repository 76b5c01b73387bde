#include "postmaster/kept_lookup.h"

#include <doctest/doctest.h>

using namespace postmaster;
using mail::ErrorKind;
using mail::KeptMail;
using mail::SpoolId;

namespace
{

KeptMail kept(const std::string& hex)
{
    KeptMail mail;
    mail.id = *SpoolId::parse(hex);
    return mail;
}

}  // namespace

TEST_SUITE("postmaster/kept_lookup")
{
    const std::vector<KeptMail> mails = {kept("018f0000000070008000000000000001"),
                                         kept("018f0000000070008000000000000002"),
                                         kept("0190abcdef0070008000000000000003")};

    TEST_CASE("a whole id, a file's name, and a beginning that is one mail's find it")
    {
        for (const char* given : {"0190abcdef0070008000000000000003", "0190ABCDEF00", "019",
                                  "0190abcdef00.json", "0190abcdef0070008000000000000003.json"}) {
            CAPTURE(given);
            const auto found = find_kept(mails, given);
            REQUIRE(found);
            CHECK(found->id == mails[2].id);
        }
        CHECK(find_kept(mails, "018f0000000070008000000000000002")->id == mails[1].id);
    }

    TEST_CASE("what two mails begin with finds neither, and both are named")
    {
        const auto found = find_kept(mails, "018f");
        REQUIRE_FALSE(found);
        CHECK(found.error().kind == ErrorKind::conflict);
        CHECK(found.error().step.find(mails[0].id.hex()) != std::string::npos);
        CHECK(found.error().step.find(mails[1].id.hex()) != std::string::npos);
    }

    TEST_CASE("what is no id, and an id that nobody has, are told apart")
    {
        CHECK(find_kept(mails, "0191").error().kind == ErrorKind::missing);
        for (const char* given :
             {"", ".json", "xyz", "../held", "018f/0", "-1", "018f00000000700080000000000000010"}) {
            CAPTURE(given);
            CHECK(find_kept(mails, given).error().kind == ErrorKind::malformed);
        }
    }
}
