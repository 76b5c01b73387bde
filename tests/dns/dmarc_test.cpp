#include "common/dns/dmarc.h"

#include <doctest/doctest.h>

using mail::dns::dmarc_report_addresses;
using Addresses = std::vector<std::string>;

TEST_CASE("The addresses of rua and ruf are read, without their size limits (RFC 7489 6.2)")
{
    CHECK(dmarc_report_addresses("v=DMARC1; p=none; rua=mailto:a@example.org!10m , "
                                 "mailto:b@example.net;RUF = MAILTO:c@example.com?x") ==
          Addresses{"a@example.org", "b@example.net", "c@example.com"});
}

TEST_CASE("Another text, and another scheme, name nobody")
{
    CHECK(dmarc_report_addresses("v=spf1; rua=mailto:a@example.org").empty());
    CHECK(dmarc_report_addresses("p=none; rua=mailto:a@example.org").empty());
    CHECK(dmarc_report_addresses("v=DMARC1; rua=https://example.org/r; fo=mailto:a@b").empty());
    CHECK(dmarc_report_addresses("").empty());
}
