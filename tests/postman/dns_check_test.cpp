#include "postman/dns_check.h"

#include <doctest/doctest.h>

#include <map>

using mail::privacy::IpAddress;
using mail::privacy::OriginValues;
using postman::check_domain;
using postman::DnsReport;
using Names = std::vector<std::string>;

namespace
{

/// A zone in memory.
struct Zone : mail::dns::Lookup {
    std::map<std::string, Names> a, mx, txt;
    bool is_silent = false;
    int asked = 0;

    template <class T>
    mail::Result<std::vector<T>> answer(std::vector<T> found)
    {
        ++asked;
        if (is_silent) return mail::Error{mail::ErrorKind::temporary, "no name server answers"};
        return found;
    }
    mail::Result<std::vector<IpAddress>> addresses(const std::string& name) override
    {
        std::vector<IpAddress> found;
        for (const auto& text : a[name]) found.push_back(*IpAddress::parse(text));
        return answer(found);
    }
    mail::Result<Names> mail_exchangers(const std::string& domain) override
    {
        return answer(mx[domain]);
    }
    mail::Result<Names> texts(const std::string& name) override { return answer(txt[name]); }
};

OriginValues origin(const Names& texts)
{
    OriginValues values;
    for (const auto& text : texts) values.add(mail::privacy::parse_origin_value(text).value());
    return values;
}

/// "MX web1.example 203.0.113.5: 203.0.113.5", a line for each fact that shows the origin.
Names shown(const DnsReport& report)
{
    Names lines;
    for (const auto& fact : report.facts)
        if (!fact.shows.empty()) lines.push_back(fact.record + " " + fact.text + ": " + fact.shows);
    return lines;
}

}  // namespace

TEST_CASE("A domain behind a front, with mail elsewhere, shows nothing")
{
    Zone zone;
    zone.a["example.org"] = {"192.0.2.80", "2001:db8::80"};
    zone.mx["example.org"] = {"mx.example.net"};
    zone.a["mx.example.net"] = {"192.0.2.25"};
    zone.txt["example.org"] = {"google-site=203.0.113.5", "v=spf1 ip4:192.0.2.0/24 -all"};
    zone.txt["_dmarc.example.org"] = {"v=DMARC1; p=none; rua=mailto:dmarc@example.org"};
    const auto report =
        check_domain("example.org", origin({"203.0.113.5", "*.internal.example"}), zone);
    CHECK_FALSE(report.shows_origin());
    CHECK(report.facts.size() == 5);
    CHECK(report.failures.empty());
}

TEST_CASE("The domain's own address shows the origin")
{
    Zone zone;
    zone.a["example.org"] = {"192.0.2.80", "203.0.113.5"};
    CHECK(shown(check_domain("example.org", origin({"203.0.113.0/24"}), zone)) ==
          Names{"A example.org 203.0.113.5: 203.0.113.0/24"});
}

TEST_CASE("An MX shows the origin by its name and by its address")
{
    Zone zone;
    zone.mx["example.org"] = {"web1.internal.example", "mx.example.net"};
    zone.a["mx.example.net"] = {"203.0.113.5"};
    CHECK(shown(check_domain("example.org", origin({"203.0.113.5", "*.internal.example"}), zone)) ==
          Names{"MX web1.internal.example: .internal.example",
                "MX mx.example.net 203.0.113.5: 203.0.113.5"});
}

TEST_CASE("SPF shows the origin by a network around it, by a, mx, include and redirect")
{
    Zone zone;
    zone.txt["example.org"] = {"v=spf1 ip4:203.0.113.0/28 include:_spf.example.org -all"};
    zone.txt["_spf.example.org"] = {"v=spf1 a:web.example.org mx redirect=last.example.org"};
    zone.txt["last.example.org"] = {
        "v=spf1 ip6:::ffff:203.0.113.5 exists:%{i}.web1.internal.example"};
    zone.a["web.example.org"] = {"203.0.113.5"};
    zone.mx["_spf.example.org"] = {"mx.example.org"};
    zone.a["mx.example.org"] = {"203.0.113.5"};
    CHECK(shown(check_domain("example.org", origin({"203.0.113.5", "web1.internal.example"}),
                             zone)) ==
          Names{"SPF ip4:203.0.113.0/28: 203.0.113.5",
                "SPF a:web.example.org 203.0.113.5: 203.0.113.5",
                "SPF mx.example.org 203.0.113.5: 203.0.113.5",
                "SPF ip6:::ffff:203.0.113.5: 203.0.113.5",
                "SPF exists:%{i}.web1.internal.example: exists:%{i}.web1.internal.example"});
}

TEST_CASE("Includes that go in circles or on for ever come to an end")
{
    Zone zone;
    zone.txt["example.org"] = {"v=spf1 include:b.example include:example.org"};
    zone.txt["b.example"] = {"v=spf1 include:example.org"};
    CHECK(check_domain("example.org", origin({"203.0.113.5"}), zone).failures.empty());
    CHECK(zone.asked < 10);

    for (int i = 0; i < 100; ++i)
        zone.txt[std::to_string(i) + ".example"] = {"v=spf1 include:" + std::to_string(i + 1) +
                                                    ".example"};
    const auto report = check_domain("0.example", origin({"203.0.113.5"}), zone);
    CHECK(report.failures == Names{"SPF: more than 50 names are included"});
}

TEST_CASE("A report address of DMARC at an origin host is shown (RFC 7489 6.2)")
{
    Zone zone;
    zone.txt["_dmarc.example.org"] = {
        "v=DMARC1; rua=mailto:root@web1.internal.example,mailto:a@example.net"};
    CHECK(shown(check_domain("example.org", origin({"web1.internal.example"}), zone)) ==
          Names{"DMARC root@web1.internal.example: web1.internal.example"});
}

TEST_CASE("What no server answered is open, not clean")
{
    Zone zone;
    zone.is_silent = true;
    const auto report = check_domain("example.org", origin({"203.0.113.5"}), zone);
    CHECK_FALSE(report.shows_origin());
    CHECK(report.failures == Names{"no name server answers"});
}
