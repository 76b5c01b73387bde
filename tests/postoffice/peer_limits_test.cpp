#include "postoffice/peer_limits.h"

#include <doctest/doctest.h>

#include <ostream>

using postoffice::PeerLimits;
using Verdict = PeerLimits::Verdict;
using std::chrono::seconds;

namespace postoffice
{
std::ostream& operator<<(std::ostream& out, PeerLimits::Verdict verdict)
{
    constexpr const char* kWords[] = {"welcome", "uncounted", "too_many", "too_often"};
    return out << kWords[static_cast<int>(verdict)];
}
}  // namespace postoffice

namespace
{

mail::BootTime at(int second)
{
    return mail::BootTime(seconds(second));
}

}  // namespace

TEST_SUITE("postoffice/peer limits")
{
    TEST_CASE("a peer has so many connections at a time, and another when one has gone")
    {
        PeerLimits limits({.at_once = 2});
        CHECK(limits.admit("192.0.2.1", at(0)) == Verdict::welcome);
        CHECK(limits.admit("192.0.2.1", at(0)) == Verdict::welcome);
        CHECK(limits.admit("192.0.2.1", at(0)) == Verdict::too_many);
        CHECK(limits.admit("192.0.2.2", at(0)) == Verdict::welcome);
        limits.leave("192.0.2.1");
        CHECK(limits.admit("192.0.2.1", at(0)) == Verdict::welcome);
        CHECK(limits.admit("192.0.2.1", at(1000)) == Verdict::too_many);
    }

    TEST_CASE("a peer has so many connections in a minute, those that were refused included")
    {
        PeerLimits limits({.per_minute = 3});
        for (int i = 0; i < 3; ++i) {
            CHECK(limits.admit("192.0.2.1", at(10)) == Verdict::welcome);
            limits.leave("192.0.2.1");
        }
        CHECK(limits.admit("192.0.2.1", at(10)) == Verdict::too_often);
        CHECK(limits.admit("192.0.2.1", at(69)) == Verdict::too_often);
        CHECK(limits.admit("192.0.2.2", at(69)) == Verdict::welcome);
        CHECK(limits.admit("192.0.2.1", at(70)) == Verdict::welcome);
    }

    TEST_CASE("without limits nobody is counted")
    {
        PeerLimits limits({});
        for (int i = 0; i < 100; ++i) CHECK(limits.admit("192.0.2.1", at(0)) == Verdict::uncounted);
        CHECK(limits.known() == 0);
    }

    TEST_CASE("a flood of peers fills no memory, and who has a connection stays counted")
    {
        PeerLimits limits({.at_once = 1});
        CHECK(limits.admit("held", at(0)) == Verdict::welcome);
        for (std::size_t i = 1; i < PeerLimits::kMostPeers; ++i) {
            const std::string peer = std::to_string(i);
            CHECK(limits.admit(peer, at(0)) == Verdict::welcome);
            limits.leave(peer);
        }
        CHECK(limits.admit("one more", at(1)) == Verdict::uncounted);
        CHECK(limits.known() == PeerLimits::kMostPeers);
        CHECK(limits.admit("one more", at(100)) == Verdict::welcome);
        CHECK(limits.known() == 2);
        CHECK(limits.admit("held", at(100)) == Verdict::too_many);
    }
}
