#include "common/privacy/sender_map.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "common/privacy/mailbox_reader.h"

using namespace mail::privacy;

namespace
{

SenderMap map_of(const std::vector<std::string>& rules, const std::string& default_domain = "")
{
    SenderMap map;
    for (const auto& rule : rules) {
        CAPTURE(rule);
        const auto ok = map.add(rule);
        REQUIRE(ok);
    }
    map.set_default_domain(default_domain);
    return map;
}

const std::vector<std::string> kRules = {
    "www-data@web1.internal=app@example.org",
    "root=admin@example.org",
    "@web1.internal=@example.org",
    "@web2.internal=app@example.org",
    "@.internal=@inside.example",
    "@.corp.internal=@corp.example",
};

}  // namespace

TEST_SUITE("privacy/sender_map")
{
    TEST_CASE("The most exact rule goes first: address, domain, longest suffix")
    {
        struct Row {
            std::string address;
            std::string mapped;  // empty: as it stands
        };
        const std::vector<Row> rows = {
            {"www-data@web1.internal", "app@example.org"},
            {"www-data@WEB1.Internal", "app@example.org"},
            {"www-data@web1.internal.", "app@example.org"},
            {"\"www-data\"@web1.internal", "app@example.org"},
            {"\"www\\-data\"@web1.internal", "app@example.org"},
            {"WWW-data@web1.internal", "WWW-data@example.org"},  // local parts have a case
            {"ann@web1.internal", "ann@example.org"},
            {"\"a b\"@web1.internal", "\"a b\"@example.org"},
            {"ann@web9.internal", "ann@inside.example"},
            {"ann@a.b.internal", "ann@inside.example"},
            {"ann@a.corp.internal", "ann@corp.example"},
            {"ann@corp.internal", "ann@inside.example"},
            {"ann@internal", ""},
            {"root", "admin@example.org"},
            {"\"root\"", "admin@example.org"},
            {"root@shop.example", ""},
            {"www-data", ""},
            {"ann@shop.example", ""},
            {"ann@web1.internal.example", ""},
            {"@relay.internal,@b:ann@web1.internal", "ann@example.org"},
            {"a@b@web1.internal", "a@b@example.org"},
            {"", ""},
            {"@", ""},
            {"@web1.internal", "@example.org"},
            {"j\xC3\xBCrgen@web1.internal", "j\xC3\xBCrgen@example.org"},
        };
        const auto map = map_of(kRules);
        for (const auto& row : rows) {
            CAPTURE(row.address);
            CHECK(map.mapped(row.address).value_or("") == row.mapped);
        }
    }

    TEST_CASE("Where a domain becomes one address, VERP, SRS, BATV and tags keep their local part")
    {
        const auto map = map_of(kRules);
        for (const std::string local :
             {"bounces+id=user=dom.example", "SRS0=HHH=TT=shop.example=ann", "srs0-HHH=TT",
              "SRS1-x", "prvs=0123456789=ann", "msprvs1=17=bounces", "ann+tag"}) {
            CAPTURE(local);
            CHECK(map.mapped(local + "@web2.internal") == local + "@example.org");
        }
        CHECK(map.mapped("srs@web2.internal") == "app@example.org");
        CHECK(map.mapped("ann-tag@web2.internal") == "app@example.org");
        // a rule for the very address is the operator's word
        CHECK(map_of({"a+b@web2.internal=app@example.org"}).mapped("a+b@web2.internal") ==
              "app@example.org");
    }

    TEST_CASE("An unqualified address gets the default domain, after the rules")
    {
        const auto map = map_of(kRules, "example.net");
        CHECK(map.mapped("www-data") == "www-data@example.net");
        CHECK(map.mapped("root") == "admin@example.org");
        CHECK(map.mapped("") == std::nullopt);
        CHECK(map.mapped("ann@shop.example") == std::nullopt);
        CHECK(map.mapped("\"a@b\"") == "\"a@b\"@example.net");
        CHECK(map_of({"root=@example.org"}).mapped("root") == "root@example.org");
    }

    TEST_CASE("A rule is cut where the new address begins, whatever the local parts hold")
    {
        CHECK(map_of({"a=b@web1=c=d@example.org"}).mapped("a=b@web1") == "c=d@example.org");
        CHECK(map_of({"a=b=c@example.org"}).mapped("a") == "b=c@example.org");
        CHECK(map_of({"@*.internal=@example.org"}).mapped("a@b.internal") == "a@example.org");
        CHECK(map_of({"a@[10.0.0.5]=a@example.org"}).mapped("a@[10.0.0.5]") == "a@example.org");
        CHECK(map_of({" a@b = c@d "}).mapped("a@b") == "c@d");
    }

    TEST_CASE("A rule that cannot be read is an error that says why")
    {
        SenderMap map;
        REQUIRE(map.add("a@b=c@d"));
        for (const std::string rule :
             {"", "=", "a@b", "=c@d", "a@b=", "a@b=c", "a@b=c@", "a@=c@d", "a@b=c@d@e f",
              "a b@c=d@e", "a@b=c@d>", "a@b=x\r\nBcc: y@z", "@.=a@b", "a@b..c=d@e", "a@b=<c@d>",
              "a@b=c@d,e@f", "a@b=@.example", "a@b=other@d"}) {
            CAPTURE(rule);
            const auto ok = map.add(rule);
            REQUIRE_FALSE(ok);
            CHECK(ok.error().kind == mail::ErrorKind::malformed);
            CHECK(ok.error().step.starts_with("rewrite '"));
        }
        CHECK(map.add("a@B=c@d"));  // said twice
        CHECK(map.public_domains() == std::vector<std::string>{"d"});
    }

    TEST_CASE("In a field, only the addresses change (RFC 5322 3.4)")
    {
        struct Row {
            std::string body;
            std::string rewritten;  // empty: as it stands
        };
        const std::vector<Row> rows = {
            {" www-data@web1.internal", " app@example.org"},
            {" <www-data@web1.internal>", " <app@example.org>"},
            {" Web One <www-data@web1.internal> ", " Web One <app@example.org> "},
            {" \"www-data@web1.internal\" <www-data@web1.internal>",
             " \"www-data@web1.internal\" <app@example.org>"},
            {" =?utf-8?q?J=C3=BCrgen,_R=40web1.internal?=\r\n\t<ann@web1.internal>",
             " =?utf-8?q?J=C3=BCrgen,_R=40web1.internal?=\r\n\t<ann@example.org>"},
            {" =?utf-8?q?a@web1.internal?= <b@web1.internal>",
             " =?utf-8?q?a@web1.internal?= <b@example.org>"},
            {" ann@web1.internal (Ann \\) (of web1.internal))",
             " ann@example.org (Ann \\) (of web1.internal))"},
            {" (x@web1.internal) ann@web1.internal", " (x@web1.internal) ann@example.org"},
            {" ann @ web1 . internal", " ann @ example.org  "},
            {" ann(a)@(b)web1.internal(c)", " ann(a)@(b)example.org(c)"},
            {" www-data(a) @ web1.(b)internal", " app(a) @ example.org(b)"},
            {" \"a b\"@web1.internal", " \"a b\"@example.org"},
            {" \"a\".b@web1.internal", " \"a\".b@example.org"},
            {" a@shop.example, b@web1.internal,\r\n c@web1.internal",
             " a@shop.example, b@example.org,\r\n c@example.org"},
            {" a@web1.internal; b@web1.internal", " a@example.org; b@example.org"},
            {" Team: a@web1.internal, B <b@web1.internal>;",
             " Team: a@example.org, B <b@example.org>;"},
            {" undisclosed-recipients:;", ""},
            {" <@relay.web1.internal,@x:ann@web1.internal>",
             " <@relay.web1.internal,@x:ann@example.org>"},
            {" <mailto:ann@web1.internal>", " <mailto:ann@example.org>"},
            {" mailto:ann@web1.internal", " mailto:ann@example.org"},
            {" <ann@[10.0.0.5]>", ""},
            {" Ann Smith ann@web1.internal", " Ann Smith ann@example.org"},
            {" A <a@web1.internal> B <b@web1.internal>", " A <a@example.org> B <b@example.org>"},
            {" <a@web1.internal", " <a@example.org"},
            {" <<a@web1.internal>>", " <<a@example.org>>"},
            {" \"open <a@web1.internal>", " \"open <a@example.org>"},
            {" (open <a@web1.internal>", " (open <a@example.org>"},
            {" a@web1.internal)", " a@example.org)"},
            {" root", " admin@example.org"},
            {" root (Cron Daemon)", " admin@example.org (Cron Daemon)"},
            {" Cron Daemon <root>", " Cron Daemon <admin@example.org>"},
            {" \"root\"", " admin@example.org"},
            {" root, root", " admin@example.org, admin@example.org"},
            {" Cron Daemon", ""},
            {" root, Ann <ann@shop.example>", ""},  // "Smith, Ann <…>" looks the same
            {" Ann <ann@shop.example>", ""},
            {" <>", ""},
            {"", ""},
            {" ", ""},
            {" ,,;:<>@", ""},
            {" @web1.internal", ""},
            {" ann@", ""},
            {" =?utf-8?", ""},
            {" =?utf-8?q", ""},
            {" =?utf-8?q?", ""},
            {" =?", ""},
        };
        const auto map = map_of(kRules);
        for (const auto& row : rows) {
            CAPTURE(row.body);
            CHECK(map.rewritten(row.body).value_or("") == row.rewritten);
        }
    }

    TEST_CASE("With a default domain, words are addresses only where nothing has brackets")
    {
        const auto map = map_of({}, "example.org");
        CHECK(map.rewritten(" www-data") == " www-data@example.org");
        CHECK(map.rewritten(" Cron <root>") == " Cron <root@example.org>");
        CHECK(map.rewritten(" Smith, Ann <ann@shop.example>") == std::nullopt);
        CHECK(map.rewritten(" =?utf-8?q?Ann?=") == std::nullopt);
        CHECK(map.rewritten(" Team: a, b;") == " Team: a@example.org, b@example.org;");
    }

    TEST_CASE("What was rewritten is left alone the next time")
    {
        const auto map = map_of(kRules, "example.org");
        for (const std::string body : {" www-data@web1.internal, root", " a . b @ web1 . internal",
                                       " x, y", " Team: root;", " (c) a@a.corp.internal"}) {
            CAPTURE(body);
            const auto once = map.rewritten(body);
            REQUIRE(once);
            CHECK(map.rewritten(*once) == std::nullopt);
        }
    }

    TEST_CASE("A new side that another rule makes something else of is a mistake")
    {
        using Rules = std::vector<const char*>;
        const auto fault_of = [](const Rules& rules) {
            SenderMap map;
            for (const auto* rule : rules) REQUIRE(map.add(rule));
            map.set_default_domain("example.org");
            const auto checked = map.check();
            return checked ? std::string() : checked.error().step;
        };
        for (const Rules& rules : {Rules{"a@x.example=b@x.example", "b@x.example=c@x.example"},
                                   Rules{"b@x.example=c@x.example", "a@x.example=b@x.example"},
                                   Rules{"a@x.example=b@y.example", "@y.example=@z.example"},
                                   Rules{"@x.example=@m.y.example", "@.y.example=@z.example"},
                                   Rules{"root=a@x.example", "a@x.example=a@y.example"}}) {
            const auto fault = fault_of(rules);
            CAPTURE(fault);
            CHECK(fault.find("which another rule rewrites to") != std::string::npos);
        }
        for (const Rules& rules :
             {Rules{}, Rules{"a@x.example=b@x.example"}, Rules{"@.corp.example=@mail.corp.example"},
              Rules{"a@x.example=b@y.example", "@y.example=@y.example"},
              Rules{"@x.example=@y.example", "root@y.example=admin@y.example"}}) {
            CHECK(fault_of(rules) == "");
        }
    }

    TEST_CASE("Fields of hostile shape cost no more than long ones")
    {
        const auto map = map_of(kRules, "example.org");
        for (const std::string piece : {"(", "\"", "[", "<", "@", "=?", "=?a?q?", "a@b,", "\\",
                                        "a.", "((a)", "<a@b>:", "a@"}) {
            std::string body;
            while (body.size() < 300'000) body += piece;
            CAPTURE(piece);
            (void)map.rewritten(body);
        }
    }
}
