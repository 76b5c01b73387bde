/// The postmaster over HTTP: the requests of docs/http-api.md, and what each answer means.
#pragma once

#include <string>

#include "common/web/http_exchange.h"
#include "postman/postmaster.h"

namespace postman
{

class PostmasterClient final : public Postmaster
{
public:
    PostmasterClient(std::string name, mail::web::HttpExchange& exchange,
                     std::chrono::seconds lease_seconds = std::chrono::seconds(900));

    std::string name() const override { return name_; }
    mail::Result<Batch> lease(std::size_t most, std::chrono::seconds wait,
                              std::stop_token stop) override;
    mail::Result<mail::Settlement> report(const std::string& lease,
                                          const std::vector<mail::Outcome>& outcomes) override;
    mail::Result<std::chrono::seconds> renew(const std::string& lease) override;
    mail::Result<mail::Done> release(const std::string& lease) override;

private:
    const std::string name_;
    mail::web::HttpExchange& exchange_;
    const std::chrono::seconds lease_seconds_;
};

/// What is wrong with an answer that should have been 200 (or `other`) with JSON, for people.
[[nodiscard]] mail::Error unexpected_answer(const mail::web::HttpAnswer& answer);
[[nodiscard]] bool is_json(const mail::web::HttpAnswer& answer);

}  // namespace postman
