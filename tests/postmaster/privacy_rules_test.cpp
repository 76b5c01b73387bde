#include "postmaster/privacy_rules.h"

#include <doctest/doctest.h>

#include "tests/postmaster/gate_rules.h"

using namespace postmaster;
using mail::privacy::OnUnknown;
using mail::privacy::StrictHeaders;

namespace
{

std::string fault_with(const Settings& settings)
{
    const auto rules = privacy_rules(settings, "key");
    REQUIRE_FALSE(rules);
    CHECK(rules.error().kind == mail::ErrorKind::malformed);
    return rules.error().step;
}

}  // namespace

TEST_SUITE("postmaster/privacy_rules")
{
    TEST_CASE("the rules are what the settings say, and the search is made of the same values")
    {
        Settings settings = test::settings_with({"203.0.113.7", "*.corp.example"});
        settings.unknown = "warn";
        settings.strict_headers = "report";
        settings.keep_header = {"X-Shop-Order"};
        settings.public_domain = "shop.example";
        settings.rewrite = {"@web1.corp.example=@shop.example"};
        const auto rules = privacy_rules(settings, "key");
        REQUIRE(rules);
        const auto& inspection = rules->inspection;
        CHECK(inspection.on_unknown == OnUnknown::warn);
        CHECK(inspection.scrub.strict == StrictHeaders::report);
        CHECK(inspection.scrub.kept_headers == std::vector<std::string>{"X-Shop-Order"});
        CHECK(inspection.scrub.public_domain == "shop.example");
        CHECK(inspection.scrub.message_id_key == "key");
        CHECK(inspection.scrub.senders.mapped("www@web1.corp.example") == "www@shop.example");
        CHECK(inspection.scrub.search == inspection.search.get());
        CHECK(inspection.search->values().all() == inspection.scrub.origin.all());
        CHECK(inspection.scrub.origin.all().size() == 2);
    }

    TEST_CASE("the machine's own values are learned, and --learn=no learns nothing")
    {
        Settings settings;
        const auto rules = privacy_rules(settings, "key");
        REQUIRE(rules);
        for (const auto& value : rules->inspection.scrub.origin.all()) CHECK(value.learned);
        settings.learn = "no";
        CHECK(privacy_rules(settings, "key")->inspection.scrub.origin.all().empty());
    }

    TEST_CASE("a learned name that the operator shows to the world is left out, and said so")
    {
        for (const auto& learned : mail::privacy::learn_origin()) {
            if (learned.kind != mail::privacy::OriginValue::Kind::host) continue;
            CAPTURE(learned.value);
            Settings settings;
            settings.courier_name = {learned.value};
            const auto rules = privacy_rules(settings, "key");
            REQUIRE(rules);
            CHECK(rules->left_out == std::vector<mail::privacy::OriginValue>{learned});
            for (const auto& value : rules->inspection.scrub.origin.all())
                CHECK(value.value != learned.value);
        }
    }

    TEST_CASE("what is put into each mail must not show the origin by itself")
    {
        struct Row {
            const char* option;
            Settings settings;
        };
        std::vector<Row> rows(6, {"", test::settings_with({"*.corp.example", "user:www-data"})});
        rows[0].option = "--public-domain";
        rows[0].settings.public_domain = "mail.corp.example";
        rows[1].option = "--default-domain";
        rows[1].settings.default_domain = "web1.corp.example";
        rows[2].option = "--courier-name";
        rows[2].settings.courier_name = {"courier.corp.example"};
        rows[3].option = "the new side of --rewrite";
        rows[3].settings.rewrite = {"root=app@web1.corp.example"};
        rows[4].option = "the new side of --rewrite";
        rows[4].settings.rewrite = {"@web1.corp.example=www-data@shop.example"};
        rows[5].option = "the new side of --rewrite";
        rows[5].settings.rewrite = {"bounce=1@web1.corp.example=www-data=1@shop.example"};
        for (const Row& row : rows) {
            CAPTURE(row.option);
            const std::string fault = fault_with(row.settings);
            CAPTURE(fault);
            CHECK(fault.starts_with(row.option));
            CHECK(fault.find("shows the origin value") != std::string::npos);
            CHECK(fault_of(row.settings) == fault);
        }
    }

    TEST_CASE("a suffix names what is under it: the public domain itself is no clash")
    {
        Settings settings = test::settings_with({"*.shop.example"});
        settings.public_domain = "shop.example";
        settings.rewrite = {"@web1.shop.example=@shop.example",
                            "bounce=1@web2.shop.example=bounce=1@shop.example"};
        CHECK(privacy_rules(settings, "key"));
    }

    TEST_CASE("a rule that cannot be read is told with its option")
    {
        Settings settings = test::settings_with({});
        settings.rewrite = {"no equals sign"};
        CHECK(fault_with(settings).starts_with("--rewrite no equals sign: "));
        settings.rewrite = {"a@x.example=b@y.example", "b@y.example=c@z.example"};
        CHECK(fault_with(settings) ==
              "--rewrite: a@x.example becomes b@y.example, which another rule rewrites to "
              "c@z.example; rules do not go on from one to the next: give a@x.example its last "
              "form, and take one of the two away");
        settings = test::settings_with({"10.0.0.0/99"});
        CHECK(fault_with(settings).starts_with("--origin 10.0.0.0/99: "));
    }
}
