#include "common/dns/spf.h"

#include <doctest/doctest.h>

using mail::dns::parse_spf;
using Kind = mail::dns::SpfTerm::Kind;

TEST_CASE("Only a record of version 1 is SPF (RFC 7208 4.5)")
{
    CHECK_FALSE(parse_spf("v=spf10 mx"));
    CHECK_FALSE(parse_spf("spf1 mx"));
    CHECK_FALSE(parse_spf(""));
    CHECK(parse_spf("V=SPF1")->empty());
}

TEST_CASE("Each mechanism is read with its qualifier, its domain and its prefix (RFC 7208 5)")
{
    const auto terms = *parse_spf(
        "v=spf1 +a  -mx:Mail.Example.ORG./24 ~include:_spf.example.net ?ip4:192.0.2.0/24 "
        "ip6:2001:db8::1 exists:%{i}.example.org redirect=other.example -all");
    REQUIRE(terms.size() == 8);
    CHECK(terms[0].kind == Kind::address_of);
    CHECK(terms[0].domain == "");
    CHECK(terms[1].kind == Kind::exchangers_of);
    CHECK(terms[1].domain == "mail.example.org");
    CHECK(terms[2].kind == Kind::include);
    CHECK(terms[2].domain == "_spf.example.net");
    CHECK(terms[3].network->prefix_bits == 96 + 24);
    CHECK(terms[3].text == "?ip4:192.0.2.0/24");
    CHECK(terms[4].network->prefix_bits == 128);
    CHECK(terms[5].kind == Kind::exists);
    CHECK(terms[6].kind == Kind::redirect);
    CHECK(terms[6].domain == "other.example");
    CHECK(terms[7].kind == Kind::other);
}

TEST_CASE("What is unsound is kept as text")
{
    const auto terms = *parse_spf("v=spf1 ip4:300.1.2.3 ip4: ip6:10.0.0.0/99 /24 : =");
    REQUIRE(terms.size() == 6);
    for (const auto& term : terms) CHECK(term.kind == Kind::other);
}
