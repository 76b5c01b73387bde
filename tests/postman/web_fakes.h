/// A provider and its tokens without sockets, for tests of what speaks to one.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "common/web/web_client.h"
#include "postman/token_source.h"

namespace postman::test
{

/// Notes what it is asked, with a copy of the body, and answers as the test says.
class FakeWeb final : public mail::web::WebClient
{
public:
    struct Asked {
        std::string method, url, content_type, body, authorization;
        std::chrono::seconds deadline;
    };

    mail::Result<mail::web::WebAnswer> ask(const mail::web::WebRequest& request,
                                           std::stop_token) override
    {
        const auto found = request.headers.find("Authorization");
        asked.push_back({request.method, request.url, request.content_type,
                         std::string(request.body),
                         found == request.headers.end() ? "" : found->second, request.deadline});
        if (on_ask) on_ask();
        if (request.may_have_arrived != nullptr && arrives) *request.may_have_arrived = true;
        if (answers.empty()) return mail::Error{mail::ErrorKind::temporary, "nobody answers"};
        auto answer = std::move(answers.front());
        answers.pop_front();
        return answer;
    }
    void answer(int status, std::string body,
                std::optional<std::chrono::seconds> retry_after = std::nullopt)
    {
        answers.push_back(
            mail::web::WebAnswer{status, "application/json", retry_after, std::move(body)});
    }

    std::vector<Asked> asked;
    std::deque<mail::Result<mail::web::WebAnswer>> answers;
    bool arrives = false;
    std::function<void()> on_ask;  // while it answers
};

/// "token-1", and the next after each reject().
class FakeTokens final : public TokenSource
{
public:
    std::string name() const override { return "fake"; }
    mail::Result<std::string> token(std::stop_token) override
    {
        if (fault) return *fault;
        return "token-" + std::to_string(number);
    }
    void reject(std::string_view token) override
    {
        rejected.emplace_back(token);
        ++number;
        if (fault_after_reject) fault = fault_after_reject;
    }

    int number = 1;
    std::vector<std::string> rejected;
    std::optional<mail::Error> fault;
    std::optional<mail::Error> fault_after_reject;
};

}  // namespace postman::test
