/// A provider in memory: gives the answers that the test put down, and keeps what it was asked.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/web/web_client.h"
#include "postman/oauth/form.h"

namespace postman::test
{

struct Asked {
    std::string url;
    std::map<std::string, std::string> headers;
    std::string content_type;
    oauth::Form form;
};

/// What all clients that are made of it share.
struct FakeProvider {
    std::deque<mail::Result<mail::web::WebAnswer>> answers;
    std::vector<Asked> asked;
    std::function<void()> before_answer = [] {};

    void will_answer(int status, std::string body)
    {
        answers.push_back(
            mail::web::WebAnswer{status, "application/json", std::nullopt, std::move(body)});
    }
    void will_grant(const std::string& token, const std::string& more = R"("expires_in":3600)")
    {
        will_answer(200,
                    R"({"access_token":")" + token + R"(","token_type":"Bearer",)" + more + "}");
    }
    void will_refuse(const std::string& error, int status = 400)
    {
        will_answer(status, R"({"error":")" + error + R"(","error_description":"so be it"})");
    }
    void will_fail() { answers.push_back(mail::Error{mail::ErrorKind::temporary, "no answer"}); }
};

class FakeWeb final : public mail::web::WebClient
{
public:
    explicit FakeWeb(FakeProvider& provider) : provider_(provider) {}

    mail::Result<mail::web::WebAnswer> ask(const mail::web::WebRequest& request,
                                           std::stop_token) override
    {
        provider_.asked.push_back({request.url, request.headers, request.content_type,
                                   oauth::form_decode(request.body).value()});
        provider_.before_answer();
        if (provider_.answers.empty())
            return mail::Error{mail::ErrorKind::temporary, "nobody answers"};
        auto answer = std::move(provider_.answers.front());
        provider_.answers.pop_front();
        return answer;
    }

private:
    FakeProvider& provider_;
};

}  // namespace postman::test
