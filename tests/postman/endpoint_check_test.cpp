#include "postman/endpoint_check.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace postman;
using namespace std::chrono_literals;
using Result = CheckStep::Result;

namespace
{

const mail::WallTime kNow = std::chrono::system_clock::from_time_t(1'795'000'000);

/// What a postmaster answers to GET /v1/leases.
mail::web::HttpAnswer lease_answer()
{
    mail::web::HttpAnswer answer;
    answer.status = 405;
    answer.content_type = "application/problem+json";
    answer.allow = "POST";
    return answer;
}

mail::web::HttpAnswer page(int status)
{
    mail::web::HttpAnswer answer;
    answer.status = status;
    answer.content_type = "text/html";
    return answer;
}

EndpointAnswers asked(mail::web::HttpAnswer without, std::optional<mail::web::HttpAnswer> with)
{
    EndpointAnswers answers;
    answers.url.host = "origin.example.com";
    answers.user = with ? "courier" : "";
    answers.without_password = std::move(without);
    answers.with_password = std::move(with);
    return answers;
}

}  // namespace

TEST_SUITE("postman/endpoint_check")
{
    TEST_CASE("each answer of an endpoint has its step and its remedy")
    {
        mail::web::HttpAnswer redirect = page(301);
        redirect.location = "https://elsewhere.example/";
        const struct {
            const char* what;
            EndpointAnswers answers;
            const char* step;  // the last
            Result result;
            const char* told;  // in its detail or remedy
        } rows[] = {
            {"all well", asked(page(401), lease_answer()), "protocol", Result::ok, "lease"},
            {"wrong password", asked(page(401), page(401)), "login", Result::failed, "htpasswd"},
            {"no password", asked(page(401), std::nullopt), "login", Result::failed, "--user"},
            {"not from here", asked(page(403), page(403)), "login", Result::failed, "allow"},
            {"postmaster away", asked(page(401), page(502)), "http", Result::failed, "systemctl"},
            {"slow postmaster", asked(page(401), page(504)), "http", Result::failed, "systemctl"},
            {"busy", asked(page(401), page(503)), "http", Result::failed, "limit_req"},
            {"trouble", asked(page(500), page(500)), "http", Result::failed, "error log"},
            {"wrong path", asked(page(404), page(404)), "http", Result::failed, "/postoffice"},
            {"a redirect", asked(redirect, redirect), "http", Result::failed, "elsewhere.example"},
            {"wants a certificate", asked(page(400), page(400)), "http", Result::failed, "--cert"},
            {"some other site", asked(page(200), page(200)), "protocol", Result::failed,
             "original"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.what);
            const auto steps = judge_answers(row.answers);
            REQUIRE(!steps.empty());
            CHECK(steps.back().name == row.step);
            CHECK(steps.back().result == row.result);
            const std::string words = steps.back().detail + steps.back().mend;
            CHECK_MESSAGE(words.find(row.told) != std::string::npos, words);
            CHECK((steps.back().result == Result::ok) == steps.back().mend.empty());
        }
    }

    TEST_CASE("an endpoint that asks nobody for a password is warned of, unless it is private")
    {
        auto answers = asked(lease_answer(), lease_answer());
        CHECK(judge_answers(answers)[1].result == Result::warning);
        answers.has_certificate = true;
        CHECK(judge_answers(answers)[1].result == Result::ok);
        answers.has_certificate = false;
        answers.url.scheme = mail::web::EndpointUrl::Scheme::unix_socket;
        CHECK(judge_answers(answers)[1].result == Result::ok);
    }

    TEST_CASE("the original's endpoint is asked with OPTIONS: its HEAD would hand out mail")
    {
        CHECK(harmless_question(true).method == "OPTIONS");
        CHECK(harmless_question(false).method == "GET");
        CHECK(harmless_question(false).target == "/v1/leases");
        mail::web::HttpAnswer options = page(200);
        options.allow = "GET, OPTIONS";
        auto answers = asked(options, std::nullopt);
        answers.is_original = true;
        CHECK(judge_answers(answers).back().result == Result::ok);
        answers.without_password = lease_answer();
        answers.without_password.allow = "";
        CHECK(judge_answers(answers).back().mend.find("delete-on-get") != std::string::npos);
    }

    TEST_CASE("a certificate is warned of for its last 14 days")
    {
        mail::web::TlsFacts facts{
            .version = "TLSv1.3", .issuer = "CA", .names = {}, .begins = {}, .ends = {}};
        facts.ends = kNow + kCertificateWarning;
        CHECK(judge_tls(facts, "h.example", std::nullopt, kNow).back().result == Result::ok);
        facts.ends = kNow + kCertificateWarning - 1s;
        const auto steps = judge_tls(facts, "h.example", std::nullopt, kNow);
        CHECK(steps.back().result == Result::warning);
        CHECK(steps.back().detail.find("in 13 days") != std::string::npos);
    }

    TEST_CASE("each fault of a certificate has its remedy")
    {
        const mail::Error error{mail::ErrorKind::refused, "the client's words"};
        mail::web::TlsFacts facts{.version = "TLSv1.3",
                                  .issuer = "Our CA",
                                  .names = {"a.example"},
                                  .begins = kNow,
                                  .ends = kNow};
        const struct {
            mail::web::CertificateFault fault;
            const char* mend;
        } rows[] = {{mail::web::CertificateFault::expired, "renew"},
                    {mail::web::CertificateFault::not_yet_valid, "clock"},
                    {mail::web::CertificateFault::unknown_issuer, "Our CA"},
                    {mail::web::CertificateFault::other_name, "a.example"},
                    {mail::web::CertificateFault::other, "replaced"}};
        for (const auto& row : rows) {
            CAPTURE(row.mend);
            facts.fault = row.fault;
            const auto steps = judge_tls(facts, "h.example", error, kNow);
            CHECK(steps.front().result == Result::ok);
            CHECK(steps.back().result == Result::failed);
            CHECK(steps.back().detail == error.step);
            CHECK(steps.back().mend.find(row.mend) != std::string::npos);
        }
        CHECK(judge_tls({}, "h.example", error, kNow).back().name == "tls");
    }

    TEST_CASE("clocks that are more than a minute apart are warned of")
    {
        const auto before = std::chrono::system_clock::from_time_t(784'111'777);  // RFC 9110 5.6.7
        const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
        CHECK(judge_clock(date, before + 300ms, before + 400ms)->result == Result::ok);
        CHECK(judge_clock(date, before + 59s, before + 60s)->result == Result::ok);
        CHECK(judge_clock(date, before + 62s, before + 63s)->result == Result::warning);
        CHECK(judge_clock(date, before + 62s, before + 63s)->detail.find("behind") !=
              std::string::npos);
        CHECK(judge_clock(date, before - 63s, before - 62s)->detail.find("ahead") !=
              std::string::npos);
        // A slow answer is no wrong clock.
        CHECK(judge_clock(date, before - 90s, before + 1s)->result == Result::ok);
        CHECK(!judge_clock("", before, before));
        CHECK(!judge_clock("yesterday", before, before));
    }

    TEST_CASE("the report has a line for each step, and nothing in it steers a terminal")
    {
        const CheckedWay way{
            "https://h.example",
            {{"tls", Result::ok, "TLSv1.3"}, {"login", Result::failed, "a\x1b[31mb", "mend it"}}};
        CHECK(text_of(way) ==
              "https://h.example\n"
              "  ok      tls          TLSv1.3\n"
              "  FAILED  login        a?[31mb -> mend it\n");
        CHECK(!is_all_well({way}));
        CHECK(json_of({way}).find(R"("ok": false)") != std::string::npos);
    }
}
