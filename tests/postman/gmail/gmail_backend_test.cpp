#include "postman/gmail/gmail_backend.h"

#include <doctest/doctest.h>

#include "common/base64.h"
#include "tests/postman/fakes.h"
#include "tests/postman/web_fakes.h"
#include "tests/support/manual_clock.h"

using namespace std::chrono_literals;
using mail::OutcomeKind;
using postman::Broken;
using postman::GmailBackend;
using postman::Verdict;
using postman::test::record_of;

namespace
{

constexpr const char* kSent = R"({"id":"18c2f0"})";

std::string error_of(int code, const std::string& reason)
{
    return R"({"error":{"code":)" + std::to_string(code) + R"(,"errors":[{"reason":")" + reason +
           R"("}]}})";
}

struct Setting {
    std::shared_ptr<postman::test::FakeWeb> shared_web = std::make_shared<postman::test::FakeWeb>();
    postman::test::FakeWeb& web = *shared_web;
    std::shared_ptr<postman::test::FakeTokens> tokens =
        std::make_shared<postman::test::FakeTokens>();
    mail::test::ManualClock clock;
    GmailBackend backend{{.endpoint = "https://api.example"}, tokens, shared_web, clock};

    std::vector<Verdict> deliver(const mail::Record& record,
                                 const std::vector<std::string>& recipients)
    {
        auto answer = backend.deliver(record, recipients);
        REQUIRE(std::holds_alternative<std::vector<Verdict>>(answer));
        return std::get<std::vector<Verdict>>(std::move(answer));
    }
    Verdict deliver_one(std::size_t body_size = 10)
    {
        auto record = record_of(1);
        record.content = "To: ann@example.org\r\n\r\n" + std::string(body_size, 'x');
        const auto verdicts = deliver(record, {"ann@example.org"});
        REQUIRE(verdicts.size() == 1);
        CHECK(verdicts[0].recipient == "ann@example.org");
        return verdicts[0];
    }
    std::string broken()
    {
        auto answer = backend.deliver(record_of(1), {"ann@example.org"});
        return std::holds_alternative<Broken>(answer) ? std::get<Broken>(answer).reason : "";
    }
};

}  // namespace

TEST_SUITE("postman/gmail_backend")
{
    TEST_CASE("a small mail is one JSON object with raw in base64url (RFC 4648 5)")
    {
        Setting s;
        s.web.answer(200, kSent);
        auto record = record_of(1);
        record.content = "To: ann@example.org\r\n\r\n\xff\xfe\xfb\xef?>~";
        CHECK(s.deliver(record, {"ann@example.org"})[0].kind == OutcomeKind::delivered);
        REQUIRE(s.web.asked.size() == 1);
        const auto& asked = s.web.asked[0];
        CHECK(asked.method == "POST");
        CHECK(asked.url == "https://api.example/gmail/v1/users/me/messages/send");
        CHECK(asked.content_type == "application/json");
        CHECK(asked.authorization == "Bearer token-1");
        CHECK(asked.body == R"({"raw":")" + postman::base64url(record.content) + R"("})");
        CHECK(asked.body.find('+') == std::string::npos);
        CHECK(asked.body.find('/') == std::string::npos);
        CHECK(postman::base64url("\xfb\xef\xff") == "--__");
    }

    TEST_CASE("a mail whose raw is over 5 MB is uploaded as it is")
    {
        constexpr std::size_t kMostSmall = postman::kMaxRawBytes / 4 * 3;
        const std::size_t head = std::string_view("To: ann@example.org\r\n\r\n").size();
        Setting s;
        s.web.answer(200, kSent);
        s.web.answer(200, kSent);
        CHECK(s.deliver_one(kMostSmall - head).kind == OutcomeKind::delivered);
        CHECK(s.web.asked[0].content_type == "application/json");
        CHECK(s.web.asked[0].body.size() == postman::kMaxRawBytes + 10);
        CHECK(s.deliver_one(kMostSmall - head + 1).kind == OutcomeKind::delivered);
        CHECK(s.web.asked[1].url ==
              "https://api.example/upload/gmail/v1/users/me/messages/send?uploadType=media");
        CHECK(s.web.asked[1].content_type == "message/rfc822");
        CHECK(s.web.asked[1].body.starts_with("To: ann@example.org\r\n"));
    }

    TEST_CASE("a mail over what Gmail takes fails and is not sent")
    {
        Setting s;
        CHECK(s.deliver_one(postman::kMaxUploadBytes).kind == OutcomeKind::failed);
        CHECK(s.web.asked.empty());
    }

    TEST_CASE("a mail whose header names somebody who is not pending is held and not sent")
    {
        Setting s;
        auto record = record_of(1, {"ann@example.org", "bob@example.net"});
        record.content = "To: ann@example.org, bob@example.net\r\n\r\nHi\r\n";
        const auto verdicts = s.deliver(record, {"bob@example.net"});
        CHECK(verdicts[0].kind == OutcomeKind::held);
        CHECK(verdicts[0].reason.find("ann@example.org") != std::string::npos);
        CHECK(s.web.asked.empty());
    }

    TEST_CASE("401 renews the token once and sends once more")
    {
        Setting s;
        s.web.answer(401, error_of(401, "authError"));
        s.web.answer(200, kSent);
        CHECK(s.deliver_one().kind == OutcomeKind::delivered);
        CHECK(s.tokens->rejected == std::vector<std::string>{"token-1"});
        REQUIRE(s.web.asked.size() == 2);
        CHECK(s.web.asked[1].authorization == "Bearer token-2");
    }

    TEST_CASE("401 for a renewed token stops: renewing is no help")
    {
        Setting s;
        s.web.answer(401, error_of(401, "authError"));
        s.web.answer(401, error_of(401, "authError"));
        CHECK(s.broken().find("postman auth") != std::string::npos);
        CHECK(s.web.asked.size() == 2);
        CHECK(s.tokens->rejected.size() == 1);
    }

    TEST_CASE("a grant that is gone stops; a provider that does not answer defers")
    {
        Setting s;
        s.tokens->fault = mail::Error{mail::ErrorKind::refused, "invalid_grant: postman auth …"};
        CHECK(s.broken() == "invalid_grant: postman auth …");
        CHECK(s.backend.check()->reason == "invalid_grant: postman auth …");
        s.tokens->fault = mail::Error{mail::ErrorKind::temporary, "no answer"};
        CHECK_FALSE(s.backend.check());
        const auto verdict = s.deliver_one();
        CHECK(verdict.kind == OutcomeKind::deferred);
        CHECK_FALSE(verdict.may_be_accepted);
        CHECK(s.web.asked.empty());
    }

    TEST_CASE("a grant that is gone at the renewal stops too")
    {
        Setting s;
        s.tokens->fault_after_reject = mail::Error{mail::ErrorKind::refused, "invalid_grant"};
        s.web.answer(401, "");
        CHECK(s.broken() == "invalid_grant");
    }

    TEST_CASE("cut before the request was whole is deferred, after that it is unknown (W5)")
    {
        Setting s;
        auto verdict = s.deliver_one();
        CHECK(verdict.kind == OutcomeKind::deferred);
        CHECK_FALSE(verdict.may_be_accepted);
        s.web.arrives = true;
        verdict = s.deliver_one();
        CHECK(verdict.kind == OutcomeKind::deferred);
        CHECK(verdict.may_be_accepted);
    }

    TEST_CASE("a certificate that does not verify stops the run")
    {
        Setting s;
        s.web.answers.push_back(mail::Error{mail::ErrorKind::refused, "certificate has expired"});
        CHECK(s.broken() == "certificate has expired");
    }

    TEST_CASE("permissions that lack stop the run; other 4xx fail the mail; 5xx defers it")
    {
        Setting s;
        s.web.answer(403, error_of(403, "insufficientPermissions"));
        CHECK(s.broken().find("insufficientPermissions") != std::string::npos);
        s.web.answer(400, error_of(400, "invalidArgument"));
        CHECK(s.deliver_one().kind == OutcomeKind::failed);
        s.web.answer(503, "", 40s);
        const auto verdict = s.deliver_one();
        CHECK(verdict.kind == OutcomeKind::deferred);
        CHECK(verdict.retry_after == 40s);
    }

    TEST_CASE("after a limit the account rests: nothing is asked, and it is no attempt")
    {
        Setting s;
        s.web.answer(429, error_of(429, "userRateLimitExceeded"), 100s);
        const auto first = s.deliver_one();
        CHECK(first.retry_after == 100s);
        CHECK_FALSE(first.is_untried);
        s.clock.advance(40s);
        const auto second = s.deliver_one();
        CHECK(second.kind == OutcomeKind::deferred);
        CHECK(second.retry_after == 60s);
        CHECK(second.is_untried);
        CHECK(s.web.asked.size() == 1);
        s.clock.advance(60s);
        s.web.answer(200, kSent);
        CHECK(s.deliver_one().kind == OutcomeKind::delivered);
    }

    TEST_CASE("a mail's requests share one time, which others may shorten")
    {
        Setting s;
        s.web.answer(401, "");
        s.web.answer(200, kSent);
        s.web.on_ask = [&] { s.clock.advance(100s); };
        CHECK(s.deliver_one().kind == OutcomeKind::delivered);
        REQUIRE(s.web.asked.size() == 2);
        CHECK(s.web.asked[0].deadline == 300s);
        CHECK(s.web.asked[1].deadline == 200s);
        s.web.answer(401, "");
        s.web.on_ask = [&] { s.clock.advance(300s); };
        const auto late = s.deliver_one();
        CHECK(late.kind == OutcomeKind::deferred);
        CHECK_FALSE(late.may_be_accepted);
        CHECK(s.web.asked.size() == 3);
        s.web.answer(200, kSent);
        (void)s.backend.deliver_until(record_of(1), {"ann@example.org"},
                                      std::chrono::steady_clock::now() + 60s);
        REQUIRE(s.web.asked.size() == 4);
        CHECK(s.web.asked[3].deadline <= 60s);
        CHECK(s.web.asked[3].deadline >= 50s);
    }

    TEST_CASE("recipients that no header can carry fail, the others have Google's verdict")
    {
        Setting s;
        s.web.answer(200, kSent);
        auto record = record_of(1);
        const auto verdicts = s.deliver(record, {"root", "ann@example.org"});
        REQUIRE(verdicts.size() == 2);
        CHECK(verdicts[0].recipient == "ann@example.org");
        CHECK(verdicts[0].kind == OutcomeKind::delivered);
        CHECK(verdicts[1].recipient == "root");
        CHECK(verdicts[1].kind == OutcomeKind::failed);
        CHECK(s.deliver(record, {"root"})[0].kind == OutcomeKind::failed);
        CHECK(s.web.asked.size() == 1);
    }
}
