#include "postmaster/origin_proposals.h"

#include <doctest/doctest.h>

#include <map>

using namespace postmaster;
using mail::Error;
using mail::ErrorKind;
using mail::Result;
using mail::privacy::IpAddress;
using mail::privacy::OriginValues;

namespace
{

struct FakeDns final : mail::dns::Lookup {
    std::map<std::string, std::vector<std::string>> a, mx, txt;
    bool answers = true;

    Result<std::vector<IpAddress>> addresses(const std::string& name) override
    {
        if (!answers) return Error{ErrorKind::temporary, "no server answered"};
        std::vector<IpAddress> found;
        for (const std::string& text : a[name]) found.push_back(*IpAddress::parse(text));
        return found;
    }
    Result<std::vector<std::string>> mail_exchangers(const std::string& name) override
    {
        if (!answers) return Error{ErrorKind::temporary, "no server answered"};
        return mx[name];
    }
    Result<std::vector<std::string>> texts(const std::string& name) override
    {
        if (!answers) return Error{ErrorKind::temporary, "no server answered"};
        return txt[name];
    }
};

std::vector<std::string> values_of(const std::vector<Proposal>& proposals)
{
    std::vector<std::string> values;
    for (const Proposal& one : proposals) values.push_back(one.value);
    return values;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_SUITE("postmaster/origin_proposals")
{
    TEST_CASE("homes of people and of www-data are proposed, no others")
    {
        CHECK(values_of(home_proposals({{"root", 0, "/root"},
                                        {"www-data", 33, "/var/www"},
                                        {"ann", 1000, "/home/ann"},
                                        {"bob", 1001, "/nonexistent"},
                                        {"carl", 1002, "/"},
                                        {"dora", 1003, ""},
                                        {"nobody", 65534, "/nowhere"}})) ==
              Strings{"/var/www", "/home/ann"});
    }

    TEST_CASE("the hosts and networks of MX and SPF are proposed; what is included is not followed")
    {
        FakeDns dns;
        dns.mx["example.org"] = {"mx.origin.example"};
        dns.a["mx.origin.example"] = {"192.0.2.1", "2001:db8::1"};
        dns.a["example.org"] = {"192.0.2.9"};
        dns.txt["example.org"] = {"other",
                                  "v=spf1 a ip4:198.51.100.0/24 ip6:2001:db8::/32 "
                                  "a:web.example include:_spf.provider.example -all"};
        dns.a["web.example"] = {"203.0.113.7"};
        const auto found = domain_proposals("example.org", dns);
        CHECK(values_of(found.proposals) == Strings{"mx.origin.example", "192.0.2.1", "2001:db8::1",
                                                    "192.0.2.9", "198.51.100.0/24", "2001:db8::/32",
                                                    "web.example", "203.0.113.7"});
        CHECK(found.failures.empty());
        CHECK(found.proposals[1].why == "MX of example.org, address of mx.origin.example");
    }

    TEST_CASE("without a network it is said what could not be resolved")
    {
        FakeDns dns;
        dns.answers = false;
        const auto found = domain_proposals("example.org", dns);
        CHECK(found.proposals.empty());
        CHECK(found.failures.size() == 2);
    }

    TEST_CASE("what is looked for already is not proposed, and nothing twice")
    {
        OriginValues known;
        for (const char* text : {"192.0.2.0/24", ".origin.example", "/var/www"})
            known.add(*mail::privacy::parse_origin_value(text));
        CHECK(values_of(new_ones({{"192.0.2.1", ""},
                                  {"mx.origin.example", ""},
                                  {"/var/www", ""},
                                  {"203.0.113.7", ""},
                                  {"203.0.113.7", "again"},
                                  {"web.example", ""}},
                                 known)) == Strings{"203.0.113.7", "web.example"});
    }
}
