#include "postman/gmail/gmail_answer.h"

#include <doctest/doctest.h>

using namespace std::chrono_literals;
using postman::GmailAnswer;
using postman::judge_gmail_answer;
using Kind = GmailAnswer::Kind;

namespace
{

const mail::WallTime kNow{std::chrono::seconds(1'579'611'400)};  // 2020-01-21T12:56:40Z

std::string error_of(int code, const std::string& reason, const std::string& message = "words")
{
    return R"({"error":{"code":)" + std::to_string(code) + R"(,"message":")" + message +
           R"(","errors":[{"message":"m","domain":"global","reason":")" + reason + R"("}]}})";
}

GmailAnswer judge(int status, std::string body,
                  std::optional<std::chrono::seconds> retry_after = std::nullopt)
{
    return judge_gmail_answer({status, "application/json", retry_after, std::move(body)}, kNow);
}

}  // namespace

TEST_SUITE("postman/gmail_answer")
{
    TEST_CASE("200 with a message's id is sent; without one nobody knows")
    {
        const auto sent = judge(200, R"({"id":"18c2f0","threadId":"18c2f0","labelIds":["SENT"]})");
        CHECK(sent.kind == Kind::sent);
        CHECK(sent.message_id == "18c2f0");
        for (const char* body : {"", "<html>", "{}", R"({"id":7})", R"({"id":""})", "[]"}) {
            CAPTURE(body);
            CHECK(judge(200, body).kind == Kind::deferred);
            CHECK(judge(200, body).may_be_accepted);
        }
    }

    TEST_CASE("the reason tells a limit from a fault of the account, the status tells the rest")
    {
        struct Row {
            int status;
            const char* reason;
            Kind kind;
        };
        const Row rows[] = {
            {401, "authError", Kind::renew},
            {403, "rateLimitExceeded", Kind::limited},
            {403, "userRateLimitExceeded", Kind::limited},
            {403, "dailyLimitExceeded", Kind::limited},
            {403, "quotaExceeded", Kind::limited},
            {429, "rateLimitExceeded", Kind::limited},
            {429, "userRateLimitExceeded", Kind::limited},
            {429, "somethingNew", Kind::limited},
            {403, "insufficientPermissions", Kind::broken},
            {403, "domainPolicy", Kind::broken},
            {403, "accessNotConfigured", Kind::broken},
            {403, "somethingNew", Kind::deferred},
            {400, "failedPrecondition", Kind::broken},
            {404, "notFound", Kind::broken},
            {405, "", Kind::broken},
            {400, "invalidArgument", Kind::failed},
            {400, "rateLimitExceeded", Kind::failed},
            {413, "uploadTooLarge", Kind::failed},
            {422, "", Kind::failed},
            {500, "backendError", Kind::deferred},
            {503, "insufficientPermissions", Kind::deferred},
            {302, "", Kind::deferred},
        };
        for (const Row& row : rows) {
            CAPTURE(row.status);
            CAPTURE(row.reason);
            CHECK((judge(row.status, error_of(row.status, row.reason)).kind == row.kind));
        }
    }

    TEST_CASE("Google's newer form of an error is read too (google.rpc.ErrorInfo)")
    {
        const auto answer = judge(403, R"({"error":{"code":403,"message":"scopes","status":
            "PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo",
            "reason":"ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]}})");
        CHECK(answer.kind == Kind::broken);
        CHECK(answer.reason == "Gmail answers 403 ACCESS_TOKEN_SCOPE_INSUFFICIENT: scopes");
        CHECK(judge(403, R"({"error":{"status":"RESOURCE_EXHAUSTED"}})").kind == Kind::limited);
    }

    TEST_CASE("an answer that is no error object is judged by its status, whatever it holds")
    {
        for (const char* body : {"", "null", "[]", "{", R"({"error":"invalid_grant"})",
                                 R"({"error":{"errors":7,"details":{"a":1},"message":[]}})",
                                 R"({"error":{"errors":[null,7,{"reason":[]}]}})"}) {
            CAPTURE(body);
            CHECK(judge(400, body).kind == Kind::failed);
            CHECK(judge(503, body).kind == Kind::deferred);
            CHECK(judge(403, body).kind == Kind::deferred);
        }
    }

    TEST_CASE("the wait is Retry-After's, else the words', else an hour for a day's limit")
    {
        const std::string words = "User-rate limit exceeded.  Retry after 2020-01-21T12:57:51.196Z";
        CHECK(judge(429, error_of(429, "userRateLimitExceeded", words), 7s).retry_after == 7s);
        CHECK(judge(429, error_of(429, "userRateLimitExceeded", words)).retry_after == 71s);
        CHECK(judge(403, error_of(403, "dailyLimitExceeded")).retry_after == 1h);
        CHECK(judge(403, error_of(403, "rateLimitExceeded")).retry_after == std::nullopt);
        CHECK(judge(429, error_of(429, "x", "Retry after 2019-01-01T00:00:00Z")).retry_after == 1s);
        CHECK(judge(429, error_of(429, "x", "Retry after 9999-01-01T00:00:00Z")).retry_after ==
              24h);
        CHECK(judge(429, error_of(429, "x", "Retry after soon")).retry_after == std::nullopt);
        CHECK(judge(503, "", 120s).retry_after == 120s);
    }

    TEST_CASE("a gateway without an answer leaves open whether it was sent")
    {
        CHECK(judge(502, "").may_be_accepted);
        CHECK(judge(504, "").may_be_accepted);
        CHECK_FALSE(judge(503, "").may_be_accepted);
        CHECK_FALSE(judge(429, "").may_be_accepted);
    }
}
