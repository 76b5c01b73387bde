#include "common/http/client_address.h"

#include <doctest/doctest.h>

using namespace mail::http;

TEST_SUITE("http/client_address")
{
    TEST_CASE("the address that nginx gives is believed only where nginx can be the peer")
    {
        struct Row {
            const char *peer, *forwarded, *from;
        };
        const Row rows[] = {
            {"unix", "203.0.113.9", "203.0.113.9"},
            {"unix", "6.6.6.6, 203.0.113.9", "203.0.113.9"},
            {"127.0.0.1", "2001:db8::1", "2001:db8::1"},
            {"192.0.2.1", "203.0.113.9", "192.0.2.1"},
            {"unix", "", "unix"},
            {"unix", "not an address", "unix"},
            {"unix", "203.0.113.9,", "unix"},
        };
        for (const Row& row : rows) {
            CAPTURE(row.forwarded);
            Request request;
            request.peer = row.peer;
            if (*row.forwarded != '\0') request.fields = {{"X-Forwarded-For", row.forwarded}};
            CHECK(client_address(request) == row.from);
        }
    }
}
