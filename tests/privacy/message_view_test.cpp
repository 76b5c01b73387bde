#include "common/privacy/message_view.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mail::privacy;

namespace
{

std::vector<std::string> names_of(std::string_view content)
{
    std::vector<std::string> names;
    for (const auto& field : view_message(content).fields) names.emplace_back(field.name);
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_SUITE("privacy/message_view")
{
    TEST_CASE("A header ends at the first empty line (RFC 5322 2.1)")
    {
        const auto view = view_message("Subject: one\r\nTo: ann@example.org\r\n\r\nbody\r\n");
        REQUIRE(view.fields.size() == 2);
        CHECK(view.fields[0].name == "Subject");
        CHECK(view.fields[0].raw == "Subject: one\r\n");
        CHECK(view.fields[0].body == " one");
        CHECK(view.fields[1].offset == 14);
        CHECK(view.header == "Subject: one\r\nTo: ann@example.org\r\n");
        CHECK(view.body == "body\r\n");
    }

    TEST_CASE("What the reader makes of odd headers")
    {
        struct Row {
            const char* input;
            Names names;
            const char* body;
        };
        const std::vector<Row> rows = {
            {"", {}, ""},
            {"\r\n", {}, ""},
            {"\r\nbody", {}, "body"},
            {"A: 1", {"A"}, ""},
            {"A: 1\r\n", {"A"}, ""},
            {"A: 1\r\n\r\n", {"A"}, ""},
            {"A:\r\n\r\n", {"A"}, ""},
            {"A: 1\nB: 2\n\nbody", {"A", "B"}, "body"},
            {"A : 1\r\nB\t: 2\r\n\r\n", {"A", "B"}, ""},
            {"A: 1\r\n 2\r\n\t3\r\nB: 4\r\n\r\nbody", {"A", "B"}, "body"},
            {"A: 1\r\n \r\nB: 4\r\n\r\nbody", {"A", "B"}, "body"},
            {"no header at all\r\nA: 1\r\n\r\n", {}, "no header at all\r\nA: 1\r\n\r\n"},
            {" folded: nothing\r\n\r\nbody", {}, " folded: nothing\r\n\r\nbody"},
            {"A: 1\r\nnot a field\r\nB: 2\r\n\r\nbody", {"A"}, "not a field\r\nB: 2\r\n\r\nbody"},
            {"A: 1\r\nB\xC3\xA9: 2\r\n\r\n", {"A"}, "B\xC3\xA9: 2\r\n\r\n"},
            {"A: 1\r\n: 2\r\n\r\n", {"A"}, ": 2\r\n\r\n"},
            {"A: 1\r\n\rB: 2\r\n\r\n", {"A"}, "\rB: 2\r\n\r\n"},
            {"A: 1\rB: 2\r\nC: 3\r\n\r\n", {"A", "C"}, ""},
            {"From www-data Fri Nov 20 06:28:29 2026\r\nA: 1\r\n\r\nbody", {"", "A"}, "body"},
            {"From : ann@example.org\r\nA: 1\r\n\r\nbody", {"From", "A"}, "body"},
            {"A: 1\r\nFrom ann Fri Nov 20\r\n\r\nbody", {"A"}, "From ann Fri Nov 20\r\n\r\nbody"},
            {">From ann Fri Nov 20\r\nFrom bob Fri\r\nA: 1\r\n\r\nbody", {"", "", "A"}, "body"},
            {">From: ann\r\n\r\nbody", {">From"}, "body"},
        };
        for (const auto& row : rows) {
            CAPTURE(row.input);
            CHECK(names_of(row.input) == row.names);
            CHECK(view_message(row.input).body == row.body);
        }
    }

    TEST_CASE("NUL and every other byte may stand in a field body and in the body")
    {
        std::string every;
        for (int byte = 0; byte < 256; ++byte) {
            if (byte != '\n') every.push_back(static_cast<char>(byte));
        }
        const std::string content = "A:" + every + "\r\n\r\n" + every;
        const auto view = view_message(content);
        REQUIRE(view.fields.size() == 1);
        CHECK(view.fields[0].body == every);
        CHECK(view.body == every);
    }

    TEST_CASE("Header and body together are the content, but for the empty line")
    {
        for (const std::string content :
             {"A: 1\r\n\r\nbody", "A: 1\r\nbody", "A: 1", "\n\nx", "A: 1\n\r\nB"}) {
            CAPTURE(content);
            const auto view = view_message(content);
            const auto between = content.size() - view.header.size() - view.body.size();
            CHECK(between <= 2);
            CHECK(content.starts_with(view.header));
            CHECK(content.ends_with(view.body));
        }
    }

    TEST_CASE("100,000 fields are read")
    {
        std::string content;
        for (int i = 0; i < 100'000; ++i) content += "X-Number: " + std::to_string(i) + "\r\n";
        CHECK(view_message(content + "\r\nbody").fields.size() == 100'000);
    }

    TEST_CASE("Unfolding removes the line end before white space and nothing else (RFC 5322 2.2.3)")
    {
        CHECK(unfolded(" one\r\n two\n\tthree") == " one two\tthree");
        CHECK(unfolded(" one\rtwo") == " one\rtwo");
        CHECK(unfolded("") == "");
    }

    TEST_CASE("The subject is decoded for people")
    {
        CHECK(decoded_subject("Subject: plain\r\n\r\n") == "plain");
        CHECK(decoded_subject("A: 1\r\nsubject:  =?utf-8?B?R3LDvMOfZQ==?=\r\n\r\n") ==
              "Gr\xC3\xBC\xC3\x9F"
              "e");
        CHECK(decoded_subject("Subject: =?utf-8?q?one?=\r\n =?utf-8?q?_two?=\r\n\r\n") ==
              "one two");
        CHECK(decoded_subject("Subject: raw \xE9\r\n\r\n") == "raw \xEF\xBF\xBD");
        CHECK(decoded_subject("To: ann@example.org\r\n\r\nSubject: in the body\r\n") == "");
        CHECK(decoded_subject("Subject: one\r\nSubject: two\r\n\r\n") == "one");
    }

    TEST_CASE("A long subject is cut between characters")
    {
        std::string wide;
        for (int i = 0; i < 700; ++i) wide += "\xC3\xBC";
        const auto subject = decoded_subject("Subject: x" + wide + "\r\n\r\n");
        CHECK(subject.size() == 999);
        CHECK(subject.ends_with("\xC3\xBC"));
    }
}
