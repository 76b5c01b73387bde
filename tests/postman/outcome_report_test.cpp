#include "postman/outcome_report.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "tests/postman/fakes.h"

using mail::OutcomeKind;
using postman::encode_reports;
using postman::test::id_of;

TEST_SUITE("postman/outcome_report")
{
    TEST_CASE("an outcome is told with what belongs to its kind")
    {
        const auto bodies = encode_reports(
            {{.id = id_of(1),
              .recipients = {"a@x"},
              .reason = "busy",
              .retry_after = std::chrono::seconds(77)},
             {.id = id_of(2), .kind = OutcomeKind::delivered, .recipients = {"b@x"}}});
        REQUIRE(bodies.size() == 1);
        CHECK(
            bodies[0] ==
            R"({"outcomes":[{"id":"01900000000070008000000000000001","outcome":"deferred","recipients":["a@x"],"reason":"busy","retry_after":77},)"
            R"({"id":"01900000000070008000000000000002","outcome":"delivered","recipients":["b@x"]}]})");
    }

    TEST_CASE("bodies stay under the limit, and every recipient is told once")
    {
        std::vector<mail::Outcome> outcomes;
        for (unsigned i = 1; i <= 20; ++i) {
            mail::Outcome outcome{.id = id_of(i), .kind = OutcomeKind::delivered};
            for (int r = 0; r < 1000; ++r)
                outcome.recipients.push_back(std::string(240, 'a') + std::to_string(r) + "@x");
            outcomes.push_back(outcome);
        }
        std::size_t recipients = 0;
        for (const std::string& body : encode_reports(outcomes)) {
            CHECK(body.size() <= postman::kMaxReportBytes);
            const auto parsed = nlohmann::json::parse(body);
            for (const auto& outcome : parsed["outcomes"])
                recipients += outcome["recipients"].size();
        }
        CHECK(recipients == 20'000);
    }

    TEST_CASE("no outcomes, no body")
    {
        CHECK(encode_reports({}).empty());
    }
}
