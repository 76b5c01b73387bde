#include "common/log.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <vector>

#include "common/log_together.h"

using namespace mail;

namespace
{

/// stderr in pieces, as they are written.
class Listener
{
public:
    Listener()
    {
        REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, ends_) == 0);
        kept_ = ::dup(STDERR_FILENO);
        ::dup2(ends_[0], STDERR_FILENO);
    }
    ~Listener()
    {
        ::dup2(kept_, STDERR_FILENO);
        for (const int descriptor : {kept_, ends_[0], ends_[1]}) ::close(descriptor);
    }
    std::vector<std::string> pieces() const
    {
        std::vector<std::string> heard;
        std::string piece(64 * 1024, '\0');
        for (;;) {
            const auto size = ::recv(ends_[1], piece.data(), piece.size(), MSG_DONTWAIT);
            if (size < 0) return heard;
            heard.push_back(piece.substr(0, static_cast<std::size_t>(size)));
        }
    }

private:
    int ends_[2]{};
    int kept_ = -1;
};

}  // namespace

TEST_SUITE("common/log")
{
    TEST_CASE("a line is time, level, event and key=value, quoted where it must be")
    {
        const log::Options text;
        CHECK(log::render(text, log::Level::info, "queued",
                          {{"id", "018f"}, {"size", 4096}, {"from", ""}},
                          "T") == "T info queued id=018f size=4096 from=\"\"");
        CHECK(log::render(text, log::Level::warning, "x", {{"reason", "two words"}}, "") ==
              "warning x reason=\"two words\"");
    }

    TEST_CASE("what a client sent can never forge a line")
    {
        const log::Options text;
        const std::string line = log::render(text, log::Level::info, "x",
                                             {{"from", "a\r\nT info queued id=\"1\"\x1b"}}, "T");
        CHECK(line == "T info x from=\"a\\x0d\\nT info queued id=\\\"1\\\"\\x1b\"");
    }

    TEST_CASE("the JSON form is one object, and bytes that are not UTF-8 do not break it")
    {
        log::Options json;
        json.format = log::Format::json;
        CHECK(
            log::render(json, log::Level::error, "x", {{"reason", "\xff\n"}}, "T") ==
            "{\"time\":\"T\",\"level\":\"error\",\"event\":\"x\",\"reason\":\"\xef\xbf\xbd\\n\"}");
    }

    TEST_CASE("lines that are gathered are written together, whole, and in their order")
    {
        const Listener listener;
        {
            const log::Together together;
            for (int i = 0; i < 100; ++i) {
                const log::Together inner;
                log::info("gathered", {{"number", i}, {"text", std::string(60, 'x')}});
            }
        }
        log::info("alone");
        auto pieces = listener.pieces();
        CHECK(pieces.size() == 4);
        CHECK(pieces.back().ends_with(" info alone\n"));
        std::string all;
        for (const std::string& piece : pieces) {
            CHECK(piece.size() <= PIPE_BUF);
            CHECK(piece.ends_with('\n'));
            all += piece;
        }
        CHECK(std::count(all.begin(), all.end(), '\n') == 101);
        CHECK(all.find("number=7 ") < all.find("number=8 "));
    }
}
