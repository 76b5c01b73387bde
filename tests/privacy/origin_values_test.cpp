#include "common/privacy/origin_values.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "common/privacy/ip_address.h"

using namespace mail::privacy;
using Kind = OriginValue::Kind;

TEST_SUITE("privacy/origin_values")
{
    TEST_CASE("A value says by its form what it is, or outright")
    {
        struct Row {
            const char* text;
            Kind kind;
            const char* value;
        };
        const std::vector<Row> rows = {
            {"10.0.0.5", Kind::address, "10.0.0.5"},
            {" 10.0.0.5 ", Kind::address, "10.0.0.5"},
            {"[10.0.0.5]", Kind::address, "10.0.0.5"},
            {"2001:DB8:0:0::1", Kind::address, "2001:db8::1"},
            {"[IPv6:2001:db8::1]", Kind::address, "2001:db8::1"},
            {"::ffff:10.0.0.5", Kind::address, "10.0.0.5"},
            {"10.0.0.0/8", Kind::network, "10.0.0.0/8"},
            {"2001:db8::/32", Kind::network, "2001:db8::/32"},
            {"Web1.Corp.Example", Kind::host, "web1.corp.example"},
            {"web1.corp.example.", Kind::host, "web1.corp.example"},
            {"*.corp.example", Kind::suffix, ".corp.example"},
            {".Corp.example", Kind::suffix, ".corp.example"},
            {"/var/www/shop", Kind::path, "/var/www/shop"},
            {"www-data", Kind::user, "www-data"},
            {"web1", Kind::user, "web1"},
            {"host:web1", Kind::host, "web1"},
            {"host:*.corp.example", Kind::suffix, ".corp.example"},
            {"user:deploy", Kind::user, "deploy"},
            {"path:C:\\inetpub", Kind::path, "C:\\inetpub"},
            {"text:Project Falcon", Kind::text, "Project Falcon"},
            {"text:10.0.0.5", Kind::text, "10.0.0.5"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.text);
            const auto value = parse_origin_value(row.text);
            REQUIRE(value.has_value());
            CHECK(value->kind == row.kind);
            CHECK(value->value == row.value);
            CHECK_FALSE(value->learned);
        }
    }

    TEST_CASE("What is no value is refused, and the error says why")
    {
        for (const auto* text :
             {"", " ", "10.0.0.300", "10.0.0", "10.0.0.0/33", "10.0.0.0/0", "2001:db8::/129",
              "10.0.0.0/x", "2001:db8:::1", "host:", "user:a b", "ann@example.org", "two words",
              "a..example", "*.", ".", "host:a b", "unknown:x", "a/b"}) {
            CAPTURE(text);
            const auto value = parse_origin_value(text);
            REQUIRE_FALSE(value.has_value());
            CHECK(value.error().kind == mail::ErrorKind::malformed);
            CHECK(value.error().step.starts_with("origin value '"));
        }
    }

    TEST_CASE("Hosts are matched by name, short name, suffix, address and network")
    {
        OriginValues values;
        for (const auto* text : {"web1.corp.example", "*.hidden.example", "db2", "203.0.113.5",
                                 "10.0.0.0/8", "2001:db8::/33"}) {
            values.add(*parse_origin_value(text));
        }
        for (const auto* host :
             {"web1.corp.example", "WEB1.corp.example.", "web1", "a.hidden.example",
              "a.b.hidden.example", "db2", "203.0.113.5", "[203.0.113.5]", "::ffff:203.0.113.5",
              "[IPv6:::ffff:203.0.113.5]", "10.255.0.1", "[10.0.0.5]", "[IPv6:2001:db8:7fff::1]",
              "[ipv6:2001:DB8::1]"}) {
            CAPTURE(host);
            CHECK(values.matches_host(host));
        }
        for (const auto* host : {"", ".", "corp.example", "web2.corp.example", "web1.example",
                                 "hidden.example", "xhidden.example", "db2.example", "203.0.113.50",
                                 "11.0.0.1", "2001:db8:8000::1", "[]"}) {
            CAPTURE(host);
            CHECK_FALSE(values.matches_host(host));
        }
    }

    TEST_CASE("A value occurs in a text as a word of its own")
    {
        OriginValues values;
        for (const auto* text :
             {"web1.corp.example", "www-data", "10.0.0.5", "text:Project Falcon"})
            values.add(*parse_origin_value(text));
        values.add({Kind::host, "mail", true});
        for (const auto* text : {"www-data", "by www-data:", "JavaMail.WWW-Data", "[10.0.0.5]",
                                 "project falcon!", "x.web1.corp.example"}) {
            CAPTURE(text);
            CHECK(values.occurs_in(text));
        }
        for (const auto* text :
             {"", "xwww-data", "www-data1", "110.0.0.5", "10.0.0.53", "a mail", "projectfalcon"}) {
            CAPTURE(text);
            CHECK_FALSE(values.occurs_in(text));
        }
    }

    TEST_CASE("Values that begin or end as others do are told apart")
    {
        OriginValues values;
        for (const auto* text : {"web", "web1", "web12.corp.example", "*.a.example",
                                 "*.b.a.example", "10.1.0.0/16", "10.2.3.0/25"}) {
            values.add(*parse_origin_value(text));
        }
        for (const auto* host : {"web", "web1", "web12", "x.a.example", "b.a.example",
                                 "x.b.a.example", "10.1.255.255", "10.2.3.127"}) {
            CAPTURE(host);
            CHECK(values.matches_host(host));
        }
        for (const auto* host :
             {"web2", "web1.corp.example", "a.example", "xa.example", "10.2.3.128", "10.3.0.0"}) {
            CAPTURE(host);
            CHECK_FALSE(values.matches_host(host));
        }
        for (const auto* text : {"a web.", "web12, web1", "web12.corp.example", "1.a.example"}) {
            CAPTURE(text);
            CHECK(values.occurs_in(text));
        }
        for (const auto* text : {"webs", "web12", "web12.corp.examples", "10.1.0.0/16"}) {
            CAPTURE(text);
            CHECK_FALSE(values.occurs_in(text));
        }
    }

    TEST_CASE("The same value twice is one, and the operator's word stands")
    {
        OriginValues values;
        values.add({Kind::host, "web1.corp.example", false});
        values.add({Kind::host, "web1.corp.example", true});
        REQUIRE(values.all().size() == 1);
        CHECK_FALSE(values.all()[0].learned);
        values.add({Kind::user, "x", true});
        values.add({Kind::user, "x", false});
        CHECK_FALSE(values.all()[1].learned);
    }

    TEST_CASE("The hosts file gives the machine's other names")
    {
        const auto names = names_in_hosts_file(
            "127.0.0.1 localhost\n"
            "127.0.1.1\tWeb1.corp.example web1 # the machine\n"
            "10.0.0.7 db2.corp.example db2\n"
            "::1 localhost ip6-localhost web1\n"
            "# 10.0.0.8 old.corp.example web1\n",
            "web1");
        CHECK(names == std::vector<std::string>{"web1.corp.example", "web1", "web1"});
    }

    TEST_CASE("The resolver's file gives the domains of a name of one label")
    {
        const std::string file =
            "# search old.example\n; domain old.example\nnameserver 10.0.0.1\n"
            "domain Corp.Example\nsearch corp.example. lab.example . # more.example\n"
            "options ndots:2\n";
        CHECK(names_in_resolver_file(file, "Web1") ==
              std::vector<std::string>{"web1.corp.example", "web1.lab.example"});
        CHECK(names_in_resolver_file(file, "web1.corp.example").empty());
        CHECK(names_in_resolver_file(file, "localhost").empty());
        CHECK(names_in_resolver_file(file, "").empty());
        CHECK(names_in_resolver_file("search", "web1").empty());
        CHECK(names_in_resolver_file("", "web1").empty());
    }

    TEST_CASE("What the machine knows of itself is learned, and never what every machine has")
    {
        for (const auto& value : learn_origin()) {
            CAPTURE(value.value);
            CHECK(value.learned);
            CHECK((value.kind == Kind::host || value.kind == Kind::address));
            CHECK(value.value != "localhost");
            CHECK_FALSE(value.value.starts_with("127."));
            CHECK_FALSE(value.value.starts_with("fe80:"));
            CHECK(value.value != "::1");
        }
    }

    TEST_CASE("Addresses are found in a text as words of their own")
    {
        for (const auto* text :
             {"10.0.0.5", "[10.0.0.5]", "(10.0.0.5).", "ip=10.0.0.5;", "client-ip:10.0.0.5",
              "10.0.0.5:25", "from 10.0.0.5.", "IPv6:2001:db8::1", "[IPv6:2001:db8::1]",
              "addr:2001:db8::1", "::1", "a ::ffff:10.0.0.5 b", "2001:db8::1.", "2001:db8::"}) {
            CAPTURE(text);
            CHECK(holds_ip_literal(text));
        }
        for (const auto* text :
             {"", "10.0.0", "10.0.0.5.6", "110.0.0.500", "v10.0.0.5", "10.0.0.5a", "12:30:00",
              "Foo::Bar", "::", "a:b", "http://example.org", "20261120.10.0.0.5"}) {
            CAPTURE(text);
            CHECK_FALSE(holds_ip_literal(text));
        }
    }
}
