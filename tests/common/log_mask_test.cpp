#include "common/log_mask.h"

#include <doctest/doctest.h>

#include "common/log.h"

using namespace mail;

namespace
{

std::string shown(std::string_view field, std::string_view value)
{
    return log::masked(field, value, "key");
}

bool hides(const std::string& text, std::string_view secret)
{
    return text.find(secret) == std::string::npos;
}

}  // namespace

TEST_SUITE("common/log_mask")
{
    TEST_CASE("an address becomes a word that is always the same, and keeps its domain")
    {
        const std::string ann = shown("to", "ann@example.org");
        CHECK(ann.size() == 8 + std::string("@example.org").size());
        CHECK(ann.ends_with("@example.org"));
        CHECK(hides(ann, "ann"));
        CHECK(shown("from", "ann@example.org") == ann);
        CHECK(shown("reason", "ann@example.org") == ann);
        CHECK(shown("to", "ANN@EXAMPLE.ORG").substr(0, 8) == ann.substr(0, 8));
        CHECK(shown("to", "bob@example.org") != ann);
        CHECK(log::masked("to", "ann@example.org", "another key") != ann);
    }

    TEST_CASE("an address is found whatever stands around it")
    {
        const std::string ann = shown("to", "ann@example.org");
        const struct {
            const char* value;
            std::string wanted;
        } rows[] = {
            {"<ann@example.org>", "<" + ann + ">"},
            {"550 5.1.1 <ann@example.org>: unknown", "550 5.1.1 <" + ann + ">: unknown"},
            {"rfc822;ann@example.org", "rfc822;" + ann},
            {"for ann@example.org.", "for " + ann + "."},
            {"'ann@example.org'", "'" + ann + "'"},
            {"ann@example.org,ann@example.org", ann + "," + ann},
            {"\"ann@example.org\"", "\"" + ann + "\""},
            {"no address here", "no address here"},
            {"@", "@"},
            {"a @ b", "a @ b"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.value);
            CHECK(shown("reason", row.value) == row.wanted);
        }
    }

    TEST_CASE("odd local parts and domains hide as well")
    {
        for (const std::string& value :
             {std::string("\"secret name\"@example.org"), std::string("secret+x=y@example.org"),
              std::string("o'secret@example.org"), std::string("secret@[IPv6:2001:db8::1]"),
              std::string("s\xc3\xa4secret@example.org"), std::string("x secret@a.b y"),
              std::string("a\"secret@a.b"), std::string("secret@elsewhere@a.b")}) {
            CAPTURE(value);
            CHECK(hides(shown("reason", value), "secret"));
        }
        CHECK(shown("to", "ann@[IPv6:2001:db8::1]").ends_with("@[IPv6:2001:db8::1]"));
    }

    TEST_CASE("names without a domain are masked where only addresses stand")
    {
        CHECK(shown("to", "root").starts_with("~"));
        CHECK(hides(shown("to", "root,ann@example.org,+2"), "root"));
        CHECK(shown("to", "root,+2").ends_with(",+2"));
        CHECK(shown("recipient", "all") == "all");
        CHECK(shown("from", "").empty());
        CHECK(shown("reason", "root") == "root");
        CHECK(shown("subject", "your bill") == shown("subject", "your bill"));
        CHECK(hides(shown("subject", "your bill"), "bill"));
        CHECK(shown("via", "smtp://web@host:587") == "smtp://web@host:587");
    }

    TEST_CASE("every value of a line is masked, in both forms, and numbers stay")
    {
        log::Options options;
        options.mask_key = "key";
        const auto line = [&] {
            return log::render(options, log::Level::info, "queued",
                               {{"id", "018f"}, {"from", "ann@example.org"}, {"size", 4096}}, "");
        };
        const std::string ann = shown("from", "ann@example.org");
        CHECK(line() == "info queued id=018f from=" + ann + " size=4096");
        options.format = log::Format::json;
        CHECK(line() == R"({"level":"info","event":"queued","id":"018f","from":")" + ann +
                            R"(","size":4096})");
    }

    TEST_CASE("this machine's key is the same each time")
    {
        CHECK(log::machine_mask_key() == log::machine_mask_key());
        CHECK(log::machine_mask_key().size() >= 32);
    }
}
