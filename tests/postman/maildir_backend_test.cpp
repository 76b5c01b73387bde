#include "postman/maildir_backend.h"

#include <doctest/doctest.h>

#include "tests/postman/fakes.h"
#include "tests/support/memory_files.h"

using mail::test::MemoryFiles;
using postman::MaildirBackend;
using postman::test::record_of;

namespace
{

const std::string kNew = "/md/new/1717986918.01900000000070008000000000000001.postman";

mail::OutcomeKind deliver(MemoryFiles& files)
{
    MaildirBackend backend("/md", files);
    const auto answer = backend.deliver(record_of(1, {"a@x", "b@x"}), {"a@x", "b@x"});
    const auto& verdicts = std::get<std::vector<postman::Verdict>>(answer);
    REQUIRE(verdicts.size() == 2);
    CHECK(verdicts[0].recipient == "a@x");
    CHECK(verdicts[1].recipient == "b@x");
    CHECK(verdicts[0].kind == verdicts[1].kind);
    return verdicts[0].kind;
}

}  // namespace

TEST_SUITE("postman/maildir_backend")
{
    TEST_CASE("a mail becomes one file with LF line ends and nothing added")
    {
        MemoryFiles files;
        CHECK(deliver(files) == mail::OutcomeKind::delivered);
        CHECK(files.text(kNew) == "Subject: mail 1\n\nHello\n");
    }

    TEST_CASE(
        "a Maildir that was just made is synced, itself and its parent, before mail goes into it")
    {
        MemoryFiles files;
        MaildirBackend backend("/md", files);
        CHECK_FALSE(backend.check());
        CHECK(files.steps_taken() == 2);
        for (const int lasts : {0, 1}) {
            files.fail_after(lasts, EIO, true);
            CHECK(backend.check());  // it may not be there after a power cut: no mail yet
        }
    }

    TEST_CASE("a repeat makes no second file")
    {
        MemoryFiles files;
        deliver(files);
        CHECK(deliver(files) == mail::OutcomeKind::delivered);
        int count = 0;
        REQUIRE(files.list("/md/new", [&](std::string_view) { ++count; }));
        CHECK(count == 1);
    }

    TEST_CASE("a power cut at any step leaves a whole mail or none, and a delivered one is there")
    {
        for (int steps = 0;; ++steps) {
            CAPTURE(steps);
            MemoryFiles files;
            files.fail_after(steps, EIO, true);
            const auto kind = deliver(files);
            files.restart_torn(5);
            if (files.has(kNew)) CHECK(files.text(kNew) == "Subject: mail 1\n\nHello\n");
            if (kind == mail::OutcomeKind::delivered) {
                CHECK(files.has(kNew));
                return;
            }
            CHECK(deliver(files) == mail::OutcomeKind::delivered);
            CHECK(files.text(kNew) == "Subject: mail 1\n\nHello\n");
        }
    }
}
