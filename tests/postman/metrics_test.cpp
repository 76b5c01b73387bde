#include <doctest/doctest.h>

#include "postman/metrics/exposition.h"
#include "postman/metrics/metrics_file.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using postman::Totals;

TEST_SUITE("postman/metrics")
{
    TEST_CASE("totals are read as they were written, and what is damaged counts from zero")
    {
        Totals totals;
        totals.recipients["smtp://localhost:25"] = {{"delivered", 7}, {"failed", 1}};
        totals.mails = 6;
        totals.rounds_ok = 3;
        totals.last_round = totals.last_successful_round = 1795163247;
        CHECK(postman::parse_totals(postman::encode_totals(totals)) == totals);
        for (const char* text : {"", "{", "[]", "{\"mails\":-1}", "{\"recipients\":{\"a\":3}}"})
            CHECK(postman::parse_totals(text) == Totals{});
    }

    TEST_CASE("the text has each name with its help, type and labels, escaped")
    {
        Totals totals;
        totals.recipients["maildir:/x\"y"] = {{"delivered", 7}};
        totals.last_round = 1795163247;
        const std::string text = postman::metrics_text(
            totals,
            {3, std::chrono::microseconds(1500), std::chrono::microseconds(2000),
             std::chrono::microseconds(2500)},
            {{"web@shop.example", "google", 1795166847, true}});
        for (const char* line :
             {"# TYPE postman_recipients_total counter\n",
              "postman_recipients_total{via=\"maildir:/x\\\"y\",outcome=\"delivered\"} 7\n",
              "postman_last_round_timestamp_seconds 1795163247\n",
              "postman_unconfirmed_window_seconds{quantile=\"0.5\"} 0.0015\n",
              "postman_token_grant_lost{account=\"web@shop.example\",provider=\"google\"} 1\n",
              "postman_token_expiry_timestamp_seconds{account=\"web@shop.example\",provider="
              "\"google\"} "
              "1795166847\n"}) {
            CAPTURE(line);
            CAPTURE(text);
            CHECK(text.find(line) != std::string::npos);
        }
        CHECK(postman::metrics_text({}, {}, {}).find("token") == std::string::npos);
    }

    TEST_CASE("counters go on over restarts")
    {
        mail::test::MemoryFiles files;
        mail::test::ManualClock clock;
        postman::Round round;
        round.counts.mails = 2;
        round.counts.delivered = 3;
        for (int run = 0; run < 2; ++run) {
            postman::MetricsFile metrics("/m/postman.prom", "/state", files, clock);
            metrics.end_round("maildir:/x", round, run == 0, {}, {});
        }
        const Totals totals = postman::parse_totals(files.text("/state/totals.json"));
        CHECK(totals.recipients.at("maildir:/x").at("delivered") == 6);
        CHECK(totals.mails == 4);
        CHECK(totals.rounds_ok == 1);
        CHECK(totals.rounds_failed == 1);
    }
}
