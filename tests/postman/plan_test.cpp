#include "postman/plan.h"

#include <doctest/doctest.h>

#include "tests/postman/fakes.h"

using mail::OutcomeKind;
using postman::plan_delivery;
using postman::Standing;
using postman::Unconfirmed;
using postman::test::record_of;

namespace
{

Standing never_tried(const std::string&)
{
    return {};
}

}  // namespace

TEST_SUITE("postman/plan")
{
    TEST_CASE("a new mail goes to each recipient once")
    {
        const auto plan =
            plan_delivery(record_of(1, {"a@x", "b@x", "a@x"}), never_tried, Unconfirmed::resend);
        CHECK(plan.deliver == std::vector<std::string>{"a@x", "b@x"});
        CHECK(plan.decided.empty());
        CHECK_FALSE(plan.alone);
    }

    TEST_CASE("what is done is confirmed again and not sent")
    {
        const auto plan = plan_delivery(
            record_of(1, {"a@x", "b@x"}),
            [](const std::string& r) { return Standing{.is_done = r == "a@x"}; },
            Unconfirmed::resend);
        CHECK(plan.deliver == std::vector<std::string>{"b@x"});
        REQUIRE(plan.decided.size() == 1);
        CHECK(plan.decided[0].kind == OutcomeKind::delivered);
        CHECK(plan.decided[0].recipients == std::vector<std::string>{"a@x"});
    }

    TEST_CASE("a delivery without an end is sent again, or held where the operator says so")
    {
        const auto once = [](const std::string&) { return Standing{.attempts = 1, .unended = 1}; };
        CHECK(plan_delivery(record_of(1), once, Unconfirmed::resend).deliver.size() == 1);
        const auto held = plan_delivery(record_of(1), once, Unconfirmed::hold);
        CHECK(held.deliver.empty());
        REQUIRE(held.decided.size() == 1);
        CHECK(held.decided[0].kind == OutcomeKind::held);
    }

    TEST_CASE(
        "a mail whose delivery was started and never ended goes alone, and after five it is poison")
    {
        for (std::uint32_t unended = 0; unended < 8; ++unended) {
            CAPTURE(unended);
            const auto plan = plan_delivery(
                record_of(1),
                [&](const std::string&) {
                    return Standing{.attempts = unended, .unended = unended};
                },
                Unconfirmed::resend);
            CHECK(plan.deliver.empty() == (unended >= 5));
            CHECK(plan.alone == (unended >= 1 && unended < 5));
            if (unended < 5) continue;
            REQUIRE(plan.decided.size() == 1);
            CHECK(plan.decided[0].kind == OutcomeKind::failed);
            CHECK(plan.decided[0].reason.starts_with("poison"));
        }
    }

    TEST_CASE("an address that could be an option or a line goes nowhere; the others go on")
    {
        for (const std::string& bad :
             {std::string("-oQ/tmp"), std::string("a\nb@x"), std::string("a\rb@x"),
              std::string("a\0b@x", 5), std::string("a\x7f@x"), std::string(),
              std::string(1001, 'a')}) {
            CAPTURE(bad);
            const auto plan =
                plan_delivery(record_of(1, {"a@x", bad, "b@x"}), never_tried, Unconfirmed::resend);
            CHECK(plan.deliver == std::vector<std::string>{"a@x", "b@x"});
            REQUIRE(plan.decided.size() == 1);
            CHECK(plan.decided[0].kind == OutcomeKind::failed);
            CHECK(plan.decided[0].recipients == std::vector<std::string>{bad});
        }
    }

    TEST_CASE("an unsound sender stops the mail; the null sender does not")
    {
        auto record = record_of(1);
        for (const std::string& bad : {std::string("-oQ/tmp"), std::string("a\nb@x")}) {
            CAPTURE(bad);
            record.envelope.reverse_path = bad;
            const auto plan = plan_delivery(record, never_tried, Unconfirmed::resend);
            CHECK(plan.deliver.empty());
            REQUIRE(plan.decided.size() == 1);
            CHECK(plan.decided[0].kind == OutcomeKind::failed);
        }
        record.envelope.reverse_path.clear();
        CHECK(plan_delivery(record, never_tried, Unconfirmed::resend).deliver.size() == 1);
    }

    TEST_CASE("a record without recipients is held")
    {
        const auto plan = plan_delivery(record_of(1, {}), never_tried, Unconfirmed::resend);
        REQUIRE(plan.decided.size() == 1);
        CHECK(plan.decided[0].kind == OutcomeKind::held);
    }
}
