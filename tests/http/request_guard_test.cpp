#include "common/http/request_guard.h"

#include <doctest/doctest.h>

#include <ostream>

using namespace mail::http;

namespace mail::http
{
std::ostream& operator<<(std::ostream& out, RequestGuard::State state)
{
    constexpr const char* kWords[] = {"reading", "complete", "refused"};
    return out << kWords[static_cast<int>(state)];
}
}  // namespace mail::http

namespace
{

using State = RequestGuard::State;
using namespace std::string_literals;

constexpr std::uint64_t kMaxBody = 1024 * 1024;

struct Read {
    State state;
    int status;
    std::size_t consumed;
};

Read read(const std::string& bytes, std::size_t piece = 4096)
{
    RequestGuard guard(kMaxBody);
    std::size_t at = 0;
    while (at < bytes.size() && guard.state() == State::reading) {
        std::size_t consumed = 0;
        guard.feed(std::string_view(bytes).substr(at, piece), consumed);
        at += consumed;
    }
    return {guard.state(), guard.state() == State::refused ? guard.refusal().status : 200, at};
}

std::string post(const std::string& lines)
{
    return "POST /v1/leases HTTP/1.1\r\nHost: mail\r\n" + lines + "\r\n";
}

struct Row {
    std::string what;
    std::string head;
    int status;
};

// Each row of docs/http-api.md "What is refused", and its sound neighbours.
const Row kRows[] = {
    {"a plain GET", "GET / HTTP/1.1\r\nHost: mail\r\n\r\n", 200},
    {"HTTP/1.0 as nginx speaks it by default", "GET / HTTP/1.0\r\nHost: mail\r\n\r\n", 200},
    {"a POST without a body", post(""), 200},
    {"a POST with a body", post("Content-Length: 6\r\n"), 200},
    {"a length of nought on a GET", "GET / HTTP/1.1\r\nHost: mail\r\nContent-Length: 0\r\n\r\n",
     200},
    {"the largest body", post("Content-Length: 1048576\r\n"), 200},
    {"values without white space after the colon", post("Content-Length:6\r\n"), 200},

    {"two different lengths", post("Content-Length: 6\r\nContent-Length: 5\r\n"), 400},
    {"the same length twice", post("Content-Length: 6\r\nContent-Length: 6\r\n"), 400},
    {"a list of lengths", post("Content-Length: 4, 4\r\n"), 400},
    {"a negative length", post("Content-Length: -1\r\n"), 400},
    {"a length with a sign", post("Content-Length: +4\r\n"), 400},
    {"a length in hexadecimal", post("Content-Length: 0x4\r\n"), 400},
    {"a length with a space inside", post("Content-Length: 1 0\r\n"), 400},
    {"an empty length", post("Content-Length:\r\n"), 400},
    {"a length over the limit", post("Content-Length: 1048577\r\n"), 413},
    {"a length beyond 64 bits", post("Content-Length: 18446744073709551620\r\n"), 413},
    {"length and chunked", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"length of nought and chunked", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"),
     400},
    {"chunked and length", post("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n"), 400},
    {"chunked", post("Transfer-Encoding: chunked\r\n"), 411},
    {"chunked, gzip", post("Transfer-Encoding: chunked, gzip\r\n"), 411},
    {"xchunked", post("Transfer-Encoding: xchunked\r\n"), 411},
    {"identity", post("Transfer-Encoding: identity\r\n"), 411},
    {"a vertical tab before chunked",
     post("Transfer-Encoding: \x0b"
          "chunked\r\n"),
     400},
    {"a space before the colon", post("Content-Length : 6\r\n"), 400},
    {"a tab before the colon", post("Transfer-Encoding\t: chunked\r\n"), 400},
    {"a folded line", post("X-One: a\r\n b\r\n"), 400},
    {"a folded line first", "GET / HTTP/1.1\r\n Host: mail\r\n\r\n", 400},
    {"a line without a colon", post("Content-Length\r\n"), 400},
    {"a name with a bracket", post("Content[Length]: 6\r\n"), 400},
    {"an empty name", post(": 6\r\n"), 400},
    {"NUL in a value", post("X-One: a\0b\r\n"s), 400},
    {"NUL in a name", post("X\0One: b\r\n"s), 400},
    {"an escape in a value", post("X-One: \x1b[2J\r\n"), 400},
    {"DEL in a value", post("X-One: \x7f\r\n"), 400},
    {"a bare LF after a header line", "POST / HTTP/1.1\r\nHost: mail\nContent-Length: 6\r\n\r\n",
     400},
    {"a bare LF after the request line", "GET / HTTP/1.1\nHost: mail\r\n\r\n", 400},
    {"a head of bare LFs", "GET / HTTP/1.1\nHost: mail\n\n", 400},
    {"a bare CR in a value", post("X-One: a\rb\r\n"), 400},
    {"CR CR LF", post("X-One: a\r\r\n"), 400},
    {"no Host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"no Host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 400},
    {"two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    {"an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"Expect", post("Content-Length: 6\r\nExpect: 100-continue\r\n"), 417},
    {"an encoded body", post("Content-Length: 6\r\nContent-Encoding: gzip\r\n"), 415},
    {"two Authorizations", post("Authorization: Basic YTpi\r\nauthorization: Basic YTpj\r\n"), 400},
    {"a body on GET", "GET / HTTP/1.1\r\nHost: mail\r\nContent-Length: 6\r\n\r\n", 400},
    {"a body on HEAD", "HEAD / HTTP/1.1\r\nHost: mail\r\nContent-Length: 6\r\n\r\n", 400},
    {"a body on DELETE", "DELETE / HTTP/1.1\r\nHost: mail\r\nContent-Length: 6\r\n\r\n", 400},
    {"chunked on GET", "GET / HTTP/1.1\r\nHost: mail\r\nTransfer-Encoding: chunked\r\n\r\n", 411},
    {"REMOTE_ADDR", post("REMOTE_ADDR: 6.6.6.6\r\n"), 400},
    {"remote_addr", post("remote_addr: 6.6.6.6\r\n"), 400},
    {"LOCAL_PORT", post("LOCAL_PORT: 1\r\n"), 400},
    {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: mail\r\n\r\n", 505},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: mail\r\n\r\n", 505},
    {"HTTP/0.9", "GET /\r\n\r\n", 400},
    {"a version that is none", "GET / HTPP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"the HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
    {"a method that is no token", "GE(T / HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"an unknown method", "BREW / HTTP/1.1\r\nHost: mail\r\n\r\n", 501},
    {"TRACE", "TRACE / HTTP/1.1\r\nHost: mail\r\n\r\n", 501},
    {"a method in lower case", "get / HTTP/1.1\r\nHost: mail\r\n\r\n", 501},
    {"absolute-form", "GET http://mail/ HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"authority-form", "CONNECT mail:80 HTTP/1.1\r\nHost: mail\r\n\r\n", 501},
    {"asterisk-form", "OPTIONS * HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"two spaces in the request line", "GET  / HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"a space in the target", "GET /a b HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"a fragment", "GET /#a HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"a backslash in the target", "GET /\\ HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"an 8-bit target", "GET /\xc3\xa9 HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: mail\r\n\r\n", 400},
    {"a TLS hello", "\x16\x03\x01\x02", 400},
    {"a long target", "GET /" + std::string(2000, 'a') + " HTTP/1.1\r\nHost: mail\r\n\r\n", 414},
    {"a request line without end", "GET /" + std::string(9000, 'a'), 414},
    {"a header line without end", post("X-One: " + std::string(9000, 'a')), 431},
    {"a head over 16 KiB",
     post("A: " + std::string(7000, 'a') + "\r\nB: " + std::string(7000, 'b') +
          "\r\nC: " + std::string(7000, 'c') + "\r\n"),
     431},
};

std::string many_lines(int count)
{
    std::string lines;
    for (int i = 1; i < count; ++i) lines += "A: b\r\n";  // Host is one
    return post(lines);
}

}  // namespace

TEST_SUITE("http/request_guard")
{
    TEST_CASE(
        "a service whose requests say more in their heads allows larger ones, and no more lines")
    {
        const HeadLimits limits{.head_bytes = 40'000, .line_bytes = 30'000, .target_bytes = 5000};
        const auto state_of = [&limits](const std::string& head) {
            RequestGuard guard(1024, limits);
            std::size_t consumed = 0;
            return guard.feed(head, consumed);
        };
        const auto ask = [](std::size_t target_bytes) {
            return "GET /" + std::string(target_bytes - 1, 'a') + " HTTP/1.1\r\nHost: mail\r\n\r\n";
        };
        CHECK(state_of(post("X-One: " + std::string(29'000, 'a') + "\r\n")) == State::complete);
        CHECK(state_of(ask(5000)) == State::complete);
        CHECK(state_of(ask(5001)) == State::refused);
        CHECK(state_of(post("X-One: " + std::string(30'000, 'a') + "\r\n")) == State::refused);
        CHECK(state_of(post("A: " + std::string(25'000, 'a') +
                            "\r\nB: " + std::string(25'000, 'b') + "\r\n")) == State::refused);
        CHECK(state_of(many_lines(101)) == State::refused);
    }

    TEST_CASE("framing that two programs could read differently is refused (RFC 9112)")
    {
        for (const Row& row : kRows) {
            CAPTURE(row.what);
            const Read got = read(row.head);
            CHECK(got.status == row.status);
            CHECK(got.state == (row.status == 200 ? State::complete : State::refused));
        }
    }

    TEST_CASE("the verdict does not depend on how the bytes come")
    {
        for (const Row& row : kRows) {
            CAPTURE(row.what);
            const Read whole = read(row.head);
            for (const std::size_t piece : {1, 2, 3, 7}) {
                const Read split = read(row.head, piece);
                CHECK(split.status == whole.status);
                CHECK(split.consumed == whole.consumed);
            }
        }
    }

    TEST_CASE("a head that is sound so far is neither complete nor refused, wherever it is cut")
    {
        const std::string head = post("Content-Length: 6\r\nAuthorization: Basic YTpi\r\n");
        for (std::size_t size = 0; size < head.size(); ++size) {
            CAPTURE(size);
            CHECK(read(head.substr(0, size)).state == State::reading);
        }
    }

    TEST_CASE("100 header lines pass, and not one more")
    {
        CHECK(read(many_lines(100)).status == 200);
        CHECK(read(many_lines(101)).status == 431);
    }

    TEST_CASE("a head ends at its empty line: what follows is body, not head")
    {
        RequestGuard guard(kMaxBody);
        const std::string head = post("Content-Length: 6\r\n");
        std::size_t consumed = 0;
        CHECK(guard.feed(head + "GET / HTTP/1.1\r\n", consumed) == State::complete);
        CHECK(consumed == head.size());
        CHECK(guard.head().body_bytes == 6);
        CHECK(guard.head().method == "POST");
        CHECK(guard.head().path() == "/v1/leases");
        CHECK(guard.head().query().empty());
    }

    TEST_CASE("path and query part at the first question mark (RFC 3986 3.4)")
    {
        RequestGuard guard(kMaxBody);
        std::size_t consumed = 0;
        guard.feed("GET /v1/leases?max=1?2 HTTP/1.1\r\nHost: mail\r\nX-Two:\t b c \t\r\n\r\n",
                   consumed);
        REQUIRE(guard.state() == State::complete);
        CHECK(guard.head().path() == "/v1/leases");
        CHECK(guard.head().query() == "max=1?2");
        CHECK(find_field(guard.head().fields, "x-two") == "b c");
    }

    TEST_CASE("a refusal is final: later bytes change nothing")
    {
        RequestGuard guard(kMaxBody);
        std::size_t consumed = 0;
        CHECK(guard.feed("GET / HTTP/1.1\n", consumed) == State::refused);
        CHECK(guard.feed("\r\nGET / HTTP/1.1\r\nHost: mail\r\n\r\n", consumed) == State::refused);
        CHECK(consumed == 0);
    }
}
