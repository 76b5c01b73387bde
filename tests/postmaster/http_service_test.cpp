#include "postmaster/http_service.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "common/base64.h"
#include "tests/postmaster/gate_rules.h"
#include "tests/support/memory_hand_out.h"

using namespace postmaster;
using mail::SpoolId;
using mail::http::Answer;
using mail::http::find_field;
using mail::http::Request;
using nlohmann::json;

namespace
{

const std::string kMail = "Subject: hi\r\n\r\nbody\r\n";

struct Fixture {
    mail::test::ManualClock clock;
    mail::test::MemoryHandOut spool{clock};
    Gate gate{test::rules_of(test::settings_with({"web1.internal"}))};
    Desk desk{spool, gate, {50, 1'000'000}};
    HttpService service{desk, nullptr, {50, std::chrono::seconds(900), false}};
    HttpService like_original{desk, nullptr, {50, std::chrono::seconds(900), true}};
    std::stop_source stop;

    Request request(const std::string& method, const std::string& target,
                    const std::string& body = "")
    {
        Request made;
        const auto mark = target.find('?');
        made.method = method;
        made.path = target.substr(0, mark);
        if (mark != std::string::npos) made.query = target.substr(mark + 1);
        made.body = body;
        made.peer = "unix";
        made.stopping = stop.get_token();
        return made;
    }
    Answer ask(const std::string& method, const std::string& target, const std::string& body = "")
    {
        return service.handle(request(method, target, body));
    }
    std::string token() { return json::parse(ask("POST", "/v1/leases").body)["lease"]; }
};

const std::string kToken = "0123456789abcdef0123456789abcdef";

}  // namespace

TEST_SUITE("postmaster/http_service")
{
    TEST_CASE_FIXTURE(Fixture,
                      "each route has its methods; another one is 405 with Allow (RFC 9110 15.5.6)")
    {
        struct Row {
            const char *method, *path;
            int status;
            const char* allow;
        };
        const std::string lease = "/v1/leases/" + kToken;
        const std::string outcomes = lease + "/outcomes", renewal = lease + "/renewal";
        const Row rows[] = {
            {"GET", "/v1/leases", 405, "POST"},
            {"HEAD", "/v1/leases", 405, "POST"},
            {"PUT", "/v1/leases", 405, "POST"},
            {"POST", lease.c_str(), 405, "DELETE"},
            {"GET", outcomes.c_str(), 405, "POST"},
            {"DELETE", renewal.c_str(), 405, "POST"},
            {"POST", "/healthz", 405, "GET, HEAD"},
            {"GET", "/", 405, ""},
            {"HEAD", "/", 405, ""},
            {"POST", "/", 405, ""},
            {"GET", "/nope", 404, ""},
            {"GET", "/v1", 404, ""},
            {"POST", "/v1/leases/", 404, ""},
            {"POST", "//v1/leases", 404, ""},
            {"GET", "/healthz/", 404, ""},
            {"POST", "/v1/leases/short/outcomes", 404, ""},
        };
        for (const Row& row : rows) {
            CAPTURE(row.method);
            CAPTURE(row.path);
            const Answer answer = ask(row.method, row.path);
            CHECK(answer.status == row.status);
            CHECK(answer.type == "application/problem+json");
            CHECK(find_field(answer.fields, "Allow") == row.allow);
        }
    }

    TEST_CASE_FIXTURE(Fixture,
                      "GET / says why it does nothing, and with delete-on-get it is the original's")
    {
        const SpoolId id = spool.add(kMail);
        CHECK(ask("GET", "/").body.find("delete-on-get") != std::string::npos);
        CHECK(spool.waits(id));

        const Answer head = like_original.handle(request("HEAD", "/"));
        CHECK(head.status == 405);
        CHECK(find_field(head.fields, "Allow") == "GET, OPTIONS");
        CHECK(spool.waits(id));

        const Answer got = like_original.handle(request("GET", "/"));
        CHECK(got.status == 200);
        CHECK(got.type == "application/json");
        CHECK(json::parse(got.body).size() == 1);
        CHECK(spool.handed.count(id) == 1);
        CHECK(like_original.handle(request("GET", "/")).body == "[]");
        CHECK(like_original.handle(request("OPTIONS", "/")).status == 200);
    }

    TEST_CASE_FIXTURE(Fixture, "unknown and unsound query keys are 400 and lend nothing")
    {
        const SpoolId id = spool.add(kMail);
        for (const char* query : {"max=0", "seconds=0", "seconds=86401", "seconds=-1", "bogus=1",
                                  "max=1&max=2", "wait=x", "Max=1"}) {
            CAPTURE(query);
            CHECK(ask("POST", std::string("/v1/leases?") + query).status == 400);
        }
        CHECK(ask("POST", "/v1/leases", "{}").status == 400);
        CHECK(ask("POST", "/v1/leases/" + kToken + "/renewal?seconds=0").status == 400);
        CHECK(ask("DELETE", "/v1/leases/" + kToken + "?x=1").status == 400);
        CHECK(spool.waits(id));
    }

    TEST_CASE_FIXTURE(Fixture,
                      "with nothing to hand out the answer is 204, at once or after the wait")
    {
        CHECK(ask("POST", "/v1/leases").status == 204);
        CHECK(ask("POST", "/v1/leases?wait=0").status == 204);
        CHECK(ask("POST", "/v1/leases").body.empty());
    }

    TEST_CASE_FIXTURE(Fixture, "who waits gets the mail that comes")
    {
        Answer answer;
        std::jthread courier([&] { answer = ask("POST", "/v1/leases?wait=60"); });
        spool.add(kMail);
        courier.join();
        CHECK(answer.status == 200);
        CHECK(json::parse(answer.body)["messages"].size() == 1);
    }

    TEST_CASE_FIXTURE(Fixture, "waiting ends at a stop, and when the client has gone")
    {
        std::jthread courier([&] { CHECK(ask("POST", "/v1/leases?wait=60").status == 204); });
        stop.request_stop();
        courier.join();

        stop = std::stop_source();
        Request gone = request("POST", "/v1/leases?wait=60");
        gone.client_is_there = [] { return false; };
        CHECK(service.handle(gone).status == 204);
    }

    TEST_CASE_FIXTURE(Fixture, "couriers that wait have a bound, and outcomes are taken meanwhile")
    {
        std::vector<std::jthread> couriers;
        std::atomic<int> refused{0};
        for (std::size_t i = 0; i < HttpService::kCouriersWaiting + 3; ++i)
            couriers.emplace_back([&] {
                if (ask("POST", "/v1/leases?wait=60").status == 503) ++refused;
            });
        while (refused < 3) std::this_thread::yield();
        CHECK(ask("POST", "/v1/leases/" + kToken + "/outcomes", R"({"outcomes":[]})").status ==
              200);
        stop.request_stop();
        couriers.clear();
        CHECK(refused == 3);
    }

    TEST_CASE_FIXTURE(Fixture, "a hand-out keeps its place until its answer is let go")
    {
        for (int i = 0; i < 5; ++i) spool.add(kMail);
        std::vector<Answer> under_way;
        for (std::size_t i = 0; i < HttpService::kHandOutsAtOnce; ++i)
            under_way.push_back(ask("POST", "/v1/leases?max=1"));
        Answer last;
        std::jthread courier([&] { last = ask("POST", "/v1/leases?max=1"); });
        under_way.pop_back();
        courier.join();
        CHECK(last.status == 200);
    }

    TEST_CASE_FIXTURE(Fixture, "outcomes name what was settled and what was not lent")
    {
        const SpoolId id = spool.add(kMail);
        const std::string lease = token();
        const std::string body =
            R"({"outcomes":[{"id":")" + id.hex() + R"(","outcome":"delivered"}]})";
        CHECK(ask("POST", "/v1/leases/" + lease + "/outcomes", body).body ==
              R"({"settled":[")" + id.hex() + R"("],"unknown":[]})");
        CHECK(ask("POST", "/v1/leases/" + lease + "/outcomes", body).body ==
              R"({"settled":[],"unknown":[")" + id.hex() + R"("]})");
        CHECK(ask("POST", "/v1/leases/" + lease + "/outcomes", "{").status == 400);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "outcomes that the disk does not take are 503: the courier says them again")
    {
        const SpoolId id = spool.add(kMail);
        const std::string lease = token();
        spool.fail_writes(true);
        const Answer answer =
            ask("POST", "/v1/leases/" + lease + "/outcomes",
                R"({"outcomes":[{"id":")" + id.hex() + R"(","outcome":"delivered"}]})");
        CHECK(answer.status == 503);
        CHECK_FALSE(find_field(answer.fields, "Retry-After").empty());
        CHECK(ask("GET", "/healthz").status == 503);
    }

    TEST_CASE_FIXTURE(Fixture,
                      "renewal and release answer for a living lease, and 404 after its end")
    {
        const SpoolId id = spool.add(kMail);
        const std::string lease = "/v1/leases/" + token();
        const json renewed = json::parse(ask("POST", lease + "/renewal?seconds=60").body);
        CHECK(renewed["seconds"] == 60);
        CHECK(renewed["expires"] == mail::rfc3339(clock.wall() + std::chrono::seconds(60)));
        CHECK(ask("DELETE", lease).status == 204);
        CHECK(spool.waits(id));
        CHECK(ask("DELETE", lease).status == 404);
        CHECK(ask("POST", lease + "/renewal").status == 404);
    }

    TEST_CASE_FIXTURE(Fixture, "what a courier asks is a visit, however it ends; health is none")
    {
        const auto is_visit = [](const std::string& method, const std::string& target) {
            Fixture fresh;
            (void)fresh.like_original.handle(fresh.request(method, target));
            return fresh.desk.counts().visits.wall().has_value();
        };
        CHECK(is_visit("POST", "/v1/leases"));
        CHECK(is_visit("POST", "/v1/leases?max=0"));  // 400
        CHECK(is_visit("POST", "/v1/leases/" + kToken + "/outcomes"));
        CHECK(is_visit("POST", "/v1/leases/" + kToken + "/renewal?nonsense"));
        CHECK(is_visit("DELETE", "/v1/leases/" + kToken));
        CHECK(is_visit("GET", "/"));
        CHECK(!is_visit("GET", "/healthz"));
        CHECK(!is_visit("HEAD", "/healthz"));
        CHECK(!is_visit("OPTIONS", "/"));
        CHECK(!is_visit("GET", "/v1/leases"));  // 405
        CHECK(!is_visit("GET", "/nope"));
    }

    TEST_CASE_FIXTURE(Fixture,
                      "with users, only health is told without a password (RFC 9110 11.6.1)")
    {
        mail::Users users(std::vector<mail::UserEntry>{
            {"ann", "$2y$04$ifTjE6RDCBiQT7U3wTgsDOkEOLsDq9OrviJQ4PpoKzGpm98rx8MOq"}});
        HttpService guarded(desk, &users, {50, std::chrono::seconds(900), false});
        for (const char* path : {"/", "/v1/leases", "/nope"}) {
            CAPTURE(path);
            const Answer answer = guarded.handle(request("POST", path));
            CHECK(answer.status == 401);
            CHECK(find_field(answer.fields, "WWW-Authenticate").starts_with("Basic "));
        }
        CHECK(guarded.handle(request("GET", "/healthz")).status == 200);
        CHECK(!desk.counts().visits.wall());
        Request sound = request("POST", "/v1/leases");
        sound.fields = {{"Authorization", "Basic " + mail::base64_encode("ann:secret")}};
        CHECK(guarded.handle(sound).status == 204);
        CHECK(desk.counts().visits.wall());
    }
}
