#include <doctest/doctest.h>

#include "postman/lease_answer.h"
#include "tests/postman/fakes.h"

using postman::parse_lease_answer;
using postman::test::id_of;
using postman::test::record_of;

namespace
{

mail::Result<postman::Batch> parse(const std::string& text)
{
    return parse_lease_answer(std::make_shared<const std::string>(text));
}

std::string answer_with(const std::string& messages)
{
    return R"({"lease":"0123456789abcdef0123456789abcdef","seconds":900,"expires":"2026-11-20T09:00:00Z","messages":[)" +
           messages + "]}";
}

}  // namespace

TEST_SUITE("postman/lease_answer")
{
    TEST_CASE("an answer gives the lease and its mails in order")
    {
        const auto batch = parse(answer_with(mail::encode_record(record_of(1)).value() + "," +
                                             mail::encode_record(record_of(2)).value()));
        REQUIRE(batch);
        CHECK(batch->lease == "0123456789abcdef0123456789abcdef");
        CHECK(batch->seconds == std::chrono::seconds(900));
        REQUIRE(batch->mails.size() == 2);
        CHECK(batch->mails[0].id == id_of(1));
        const auto record = batch->mails[1].read();
        REQUIRE(record);
        CHECK(*record == record_of(2));
    }

    TEST_CASE("one bad record leaves the others")
    {
        const std::string good = mail::encode_record(record_of(1)).value();
        SUBCASE("damaged data: it can be told by its id")
        {
            std::string bad = mail::encode_record(record_of(2)).value();
            bad.replace(bad.find("Hello"), 5, "Jello");
            const auto batch = parse(answer_with(bad + "," + good));
            REQUIRE(batch);
            REQUIRE(batch->mails.size() == 2);
            CHECK_FALSE(batch->mails[0].read());
            CHECK(batch->mails[1].read());
        }
        SUBCASE("no sound id: nothing can be said about it")
        {
            for (
                const char* bad :
                {R"({"id":"../../x"})", R"({"id":7})", "{}", "null", "[]", R"("x")",
                 R"({"id":"01900000000070008000000000000001","id":"01900000000070008000000000000002"})"}) {
                CAPTURE(bad);
                const auto batch = parse(answer_with(bad + std::string(",") + good));
                REQUIRE(batch);
                CHECK(batch->mails.size() == 1);
                CHECK(batch->without_id == 1);
            }
        }
        SUBCASE("an id twice: the first counts")
        {
            const auto batch = parse(answer_with(good + "," + good));
            REQUIRE(batch);
            CHECK(batch->mails.size() == 1);
        }
    }

    TEST_CASE("an answer that is not one is refused whole")
    {
        for (const char* bad : {"", "<html>", "[]", "{}", R"({"lease":"a","seconds":900})",
                                R"({"lease":"a","seconds":0,"messages":[]})",
                                R"({"lease":"a","seconds":86401,"messages":[]})",
                                R"({"lease":"a","seconds":"900","messages":[]})",
                                R"({"lease":"a","seconds":1e2,"messages":[]})",
                                R"({"lease":"../x","seconds":900,"messages":[]})",
                                R"({"lease":"","seconds":900,"messages":[]})",
                                R"({"lease":"a b","seconds":900,"messages":[]})",
                                R"({"lease":"a\u002f","seconds":900,"messages":[]})",
                                R"({"lease":"a","seconds":900,"messages":{}})",
                                R"({"lease":"a","lease":"b","seconds":900,"messages":[]})",
                                R"({"lease":"a","seconds":900,"messages":[)"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse(bad));
        }
    }

    TEST_CASE("an answer has at most 1,000 records")
    {
        const auto with_records = [](int count) {
            std::string records;
            for (int i = 0; i < count; ++i) records += i == 0 ? "{}" : ",{}";
            return answer_with(records);
        };
        const auto most = parse(with_records(1000));
        REQUIRE(most);
        CHECK(most->without_id == 1000);
        CHECK_FALSE(parse(with_records(1001)));
    }

    TEST_CASE("settlements and renewals")
    {
        const auto settlement = postman::parse_settlement(
            R"({"settled":["01900000000070008000000000000001"],"unknown":["01900000000070008000000000000002"]})");
        REQUIRE(settlement);
        CHECK(settlement->settled == std::vector{id_of(1)});
        CHECK(settlement->unknown == std::vector{id_of(2)});
        CHECK_FALSE(postman::parse_settlement(R"({"settled":["x"],"unknown":[]})"));
        CHECK_FALSE(postman::parse_settlement(R"({"settled":[]})"));
        CHECK(*postman::parse_renewal(R"({"seconds":60,"expires":"2026-11-20T09:00:00Z"})") ==
              std::chrono::seconds(60));
        CHECK_FALSE(postman::parse_renewal(R"({"seconds":-1})"));
    }
}
