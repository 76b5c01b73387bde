#include "postoffice/conversation.h"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <vector>

#include "tests/postoffice/driven_conversation.h"

using namespace postoffice;
using postoffice::test::DrivenConversation;

namespace
{

struct Driven : DrivenConversation {
    std::string codes() const
    {
        std::string result;
        for (std::size_t at = 0; at < output.size(); at = output.find("\r\n", at) + 2)
            if (output[at + 3] == ' ') result += output.substr(at, 3) + " ";
        return result;
    }
};

const std::string kDialogue =
    "EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n"
    "Subject: one\r\n\r\n..dot\r\n.\r\n"
    "MAIL FROM:<>\r\nRCPT TO:<root>\r\nDATA\r\n.\r\nQUIT\r\n";

}  // namespace

TEST_SUITE("postoffice/conversation")
{
    TEST_CASE("two mails and a QUIT come out the same at every split of the input (RFC 2920)")
    {
        for (std::size_t step = 1; step <= kDialogue.size(); ++step) {
            CAPTURE(step);
            Driven driven;
            for (std::size_t at = 0; at < kDialogue.size(); at += step)
                driven.send(kDialogue.substr(at, step));
            CHECK(driven.codes() == "220 250 250 250 354 250 250 250 354 250 221 ");
            REQUIRE(driven.mails.size() == 2);
            CHECK(driven.mails[0].content == "Subject: one\r\n\r\n.dot\r\n");
            CHECK(driven.mails[1].envelope.recipients == std::vector<std::string>{"root"});
            CHECK(driven.mails[1].content.empty());
            CHECK(driven.is_closed);
        }
    }

    TEST_CASE("bytes behind a refused DATA are commands, never a mail")
    {
        Driven driven;
        driven.send(
            "EHLO a\r\nMAIL FROM:<a@b.example>\r\nDATA\r\nSubject: "
            "x\r\n\r\nhello\r\n.\r\nNOOP\r\n");
        CHECK(driven.codes() == "220 250 250 503 500 500 500 500 250 ");
        CHECK(driven.mails.empty());
    }

    TEST_CASE("an oversize mail is read to its end, and the next one gets through")
    {
        Driven driven;
        driven.options.max_content_bytes = 1000;
        const std::string start = "MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n";
        driven.send("EHLO a\r\n" + start + std::string(1500, 'x') + "\r\nQUIT\r\n.\r\n" + start +
                    "ok\r\n.\r\n");
        CHECK(driven.codes() == "220 250 250 250 354 552 250 250 354 250 ");
        REQUIRE(driven.mails.size() == 1);
        CHECK(driven.mails[0].content == "ok\r\n");
    }

    TEST_CASE("past twice the limit it hangs up with 421")
    {
        Driven driven;
        driven.options.max_content_bytes = 1000;
        driven.send("EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n" +
                    std::string(3000, 'x'));
        CHECK(driven.codes() == "220 250 250 250 354 421 ");
        CHECK(driven.is_closed);
    }

    TEST_CASE(
        "content is not read before its memory is granted; refused, it is read to its end and put "
        "off")
    {
        SessionOptions options;
        Conversation conversation(options);
        const auto feed = [&](std::string_view bytes) {
            std::memcpy(conversation.input_space().data(), bytes.data(), bytes.size());
            conversation.received(bytes.size());
            return conversation.advance();
        };
        feed("EHLO a\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n");
        CHECK(feed("hello\r\n") == Conversation::Need::memory);
        CHECK(conversation.content_bytes_needed() == 14);
        conversation.grant_memory(14);
        CHECK(conversation.advance() == Conversation::Need::input);
        CHECK(conversation.content_bytes_needed() == 7);
        CHECK(feed("more\r\n") == Conversation::Need::memory);
        conversation.refuse_memory();
        CHECK(conversation.content_bytes_needed() == 0);
        CHECK(conversation.advance() == Conversation::Need::input);
        conversation.output_sent();
        CHECK(feed(".\r\n") == Conversation::Need::input);
        CHECK(conversation.output().substr(0, 9) == "452 4.3.1");
    }

    TEST_CASE("a mail that declared its SIZE asks for all its memory at once (RFC 1870)")
    {
        DrivenConversation driven;
        driven.send(
            "EHLO a\r\nMAIL FROM:<a@b.example> SIZE=100000\r\nRCPT TO:<c@d.example>\r\nDATA\r\n");
        CHECK(driven.conversation.content_bytes_needed() == 100'000);
        driven.send("hello\r\n.\r\n");
        CHECK(driven.conversation.content_bytes_needed() == 0);
        CHECK(driven.mails.size() == 1);
    }

    TEST_CASE("last_start() tells what was sent before a reply from what came after it")
    {
        Driven driven;
        driven.send("EHLO a\r\nNOOP\r\n");
        CHECK(driven.conversation.last_start() == 8);
        driven.send("NO");
        CHECK(driven.conversation.last_start() == 8);
        driven.send("OP\r\n");
        CHECK(driven.conversation.last_start() == 14);
        CHECK(driven.conversation.received_bytes() == 20);
    }

    TEST_CASE("a flood of pipelined commands is answered in bounded memory, and in order")
    {
        Driven driven;
        std::string flood;
        for (int i = 0; i < 5000; ++i) flood += "NOOP\r\n";
        driven.send(flood + "FOO\r\n");
        CHECK(driven.codes().size() == 4 * 5002);
        CHECK(driven.output.ends_with("500 5.5.1 Command unknown\r\n"));
        CHECK(driven.conversation.output().capacity() < 2 * Conversation::kOutputBytes + 100);
    }
}
