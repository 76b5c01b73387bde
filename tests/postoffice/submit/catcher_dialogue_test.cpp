#include "postoffice/submit/catcher_dialogue.h"

#include <doctest/doctest.h>

#include <algorithm>

using namespace postoffice::submit;
using mail::smtp::Reply;
using Need = CatcherDialogue::Need;
using Kind = Handover::Kind;

namespace
{

const Reply kGreeting{220, {"localhost ESMTP"}};
const Reply kEhlo{250, {"localhost", "PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 1000"}};
const Reply kPlain{250, {"localhost"}};
const Reply kOk{250, {"2.1.0 Ok"}};
const Reply kGo{354, {"go"}};
const Reply kTaken{250, {"2.0.0 Ok: queued as 01a22df91a607003af4b47ed90f09273"}};

struct Talk {
    mail::Envelope envelope{"web@app.example", {"ann@d.example", "bob@d.example"}, false};
    std::string content = "Subject: s\r\n\r\nb\r\n";
    CatcherDialogue dialogue{"server:25", envelope, content};

    Talk() = default;
    Talk(mail::Envelope given, std::string text)
        : envelope(std::move(given)), content(std::move(text))
    {
    }
    std::string hear(const Reply& reply)
    {
        dialogue.on_reply(reply);
        return dialogue.take_output();
    }
    std::string hello(const Reply& capabilities = kEhlo)
    {
        CHECK(hear(kGreeting) == "EHLO localhost\r\n");
        return hear(capabilities);
    }
    /// All recipients accepted, the content sent.
    void until_end()
    {
        hello();
        for (std::size_t i = 0; i <= envelope.recipients.size(); ++i) hear(kOk);
        hear(kGo);
        REQUIRE(dialogue.need() == Need::content);
        dialogue.on_content_sent();
    }
};

}  // namespace

TEST_SUITE("postoffice/submit/catcher_dialogue")
{
    TEST_CASE(
        "with PIPELINING sender and recipients go at once, the content only behind all of them")
    {
        Talk talk;
        CHECK(talk.hello() ==
              "MAIL FROM:<web@app.example> SIZE=17\r\n"
              "RCPT TO:<ann@d.example>\r\nRCPT TO:<bob@d.example>\r\n");
        CHECK(talk.hear(kOk) == "");
        CHECK(talk.hear(kOk) == "");
        CHECK(talk.hear(kOk) == "DATA\r\n");
        talk.hear(kGo);
        CHECK(talk.dialogue.need() == Need::content);
        talk.dialogue.on_content_sent();
        CHECK(talk.hear(kTaken) == "QUIT\r\n");
        CHECK(talk.dialogue.need() == Need::done);
        CHECK(talk.dialogue.handover().kind == Kind::accepted);
        CHECK(talk.dialogue.handover().id == "01a22df91a607003af4b47ed90f09273");
    }

    TEST_CASE("without it each command waits for the one before; HELO where EHLO is unknown")
    {
        Talk talk;
        talk.hear(kGreeting);
        CHECK(talk.hear({500, {"what"}}) == "HELO localhost\r\n");
        CHECK(talk.hear(kPlain) == "MAIL FROM:<web@app.example>\r\n");
        CHECK(talk.hear(kOk) == "RCPT TO:<ann@d.example>\r\n");
        CHECK(talk.hear(kOk) == "RCPT TO:<bob@d.example>\r\n");
        CHECK(talk.hear(kOk) == "DATA\r\n");
    }

    TEST_CASE("parameters where they are needed and offered")
    {
        Talk talk({"", {"jürgen@d.example"}, true}, "Subject: ü\r\n\r\n");
        CHECK(talk.hello() ==
              "MAIL FROM:<> SIZE=15 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<jürgen@d.example>\r\n");
        Talk old({"", {"jürgen@d.example"}, true}, "x\r\n");
        old.hello(kPlain);
        CHECK(old.dialogue.handover().kind == Kind::refused);
        CHECK(old.dialogue.handover().exit_code == 65);
        Talk large({"", {"a@d.example"}, false}, std::string(1001, 'x'));
        large.hello();
        CHECK(large.dialogue.handover().exit_code == 65);
        CHECK(large.dialogue.handover().reason.find("at most 1000") != std::string::npos);
    }

    TEST_CASE("a thousand recipients go in groups of a hundred")
    {
        mail::Envelope envelope{"a@d.example", {}, false};
        for (int i = 0; i < 1000; ++i)
            envelope.recipients.push_back(std::to_string(i) + "@d.example");
        Talk talk(envelope, "x\r\n");
        std::size_t commands = 0;
        for (std::string out = talk.hello(); out != "DATA\r\n";) {
            const auto lines = static_cast<std::size_t>(std::count(out.begin(), out.end(), '\n'));
            CHECK(lines <= CatcherDialogue::kRecipientsAtOnce + 1);
            commands += lines;
            for (std::size_t i = 0; i < lines; ++i) out = talk.hear(kOk);
        }
        CHECK(commands == 1001);
    }

    TEST_CASE(
        "one recipient that is refused: nothing goes to the others, and the caller is told so")
    {
        Talk talk;
        talk.hello();
        talk.hear(kOk);
        talk.hear({550, {"5.1.1 No such user"}});
        CHECK(talk.hear(kOk) == "QUIT\r\n");
        const Handover& got = talk.dialogue.handover();
        CHECK(got.kind == Kind::refused);
        CHECK(got.exit_code == 67);
        CHECK(got.reason ==
              "server:25 said to <ann@d.example>: 550 5.1.1 No such user; nothing was sent to the "
              "other recipients either");
    }

    TEST_CASE("what may pass goes before what will not")
    {
        Talk talk;
        talk.hello();
        talk.hear(kOk);
        talk.hear({550, {"5.1.1 No such user"}});
        talk.hear({451, {"4.3.0 Later"}});
        CHECK(talk.dialogue.handover().kind == Kind::not_now);
        CHECK(talk.dialogue.handover().is_of_mail);
    }

    TEST_CASE("a catcher that has heard enough refusals and hangs up has refused the mail")
    {
        Talk told;
        told.hello();
        told.hear(kOk);
        told.hear({501, {"5.1.3 Bad address syntax"}});
        told.hear({421, {"4.7.0 Too many errors"}});
        CHECK(told.dialogue.handover().exit_code == 67);
        Talk cut;
        cut.hello();
        cut.hear(kOk);
        cut.hear({501, {"5.1.3 Bad address syntax"}});
        cut.dialogue.on_lost("it closed the connection");
        CHECK(cut.dialogue.handover().kind == Kind::refused);
        Talk put_off;
        put_off.hello();
        put_off.hear(kOk);
        put_off.hear({451, {"4.3.0 Later"}});
        put_off.dialogue.on_lost("it closed the connection");
        CHECK(put_off.dialogue.handover().kind == Kind::not_now);
    }

    TEST_CASE("cut amid its mail, other mails may have better luck")
    {
        Talk talk;
        talk.hello();
        talk.dialogue.on_lost("the connection broke");
        CHECK(talk.dialogue.handover().is_of_mail);
        Talk nobody;
        nobody.dialogue.on_lost("no connection");
        CHECK_FALSE(nobody.dialogue.handover().is_of_mail);
    }

    TEST_CASE("more recipients than fit into one mail are no matter of time")
    {
        Talk talk;
        talk.hello();
        talk.hear(kOk);
        talk.hear(kOk);
        CHECK(talk.hear({452, {"4.5.3 Too many recipients"}}) == "QUIT\r\n");
        CHECK(talk.dialogue.handover().kind == Kind::refused);
        CHECK(talk.dialogue.handover().exit_code == 65);
        Talk none;  // not one fits: that may pass
        none.hello();
        none.hear(kOk);
        none.hear({452, {"4.5.3 Too many recipients"}});
        none.hear({452, {"4.5.3 Too many recipients"}});
        CHECK(none.dialogue.handover().kind == Kind::not_now);
    }

    TEST_CASE("trouble of the other side is no verdict on the mail")
    {
        Talk greeting;
        greeting.hear({554, {"5.3.2 Down"}});
        CHECK(greeting.dialogue.handover().kind == Kind::not_now);
        Talk hello;
        hello.hello({421, {"4.3.2 Going"}});
        CHECK(hello.dialogue.handover().kind == Kind::not_now);
        CHECK_FALSE(hello.dialogue.handover().is_of_mail);
        Talk sender;
        sender.hello();
        sender.hear({452, {"4.3.1 No room"}});
        sender.hear({452, {"4.3.1 No room"}});
        CHECK(sender.hear({452, {"4.3.1 No room"}}) == "QUIT\r\n");
        CHECK(sender.dialogue.handover().reason == "server:25 said to MAIL: 452 4.3.1 No room");
        CHECK(sender.dialogue.handover().exit_code == 75);
    }

    TEST_CASE("a connection that is lost: behind the final dot nobody knows")
    {
        Talk early;
        early.hello();
        early.dialogue.on_lost("it closed the connection");
        CHECK_FALSE(early.dialogue.handover().may_have_arrived);
        Talk amid;
        amid.hello();
        for (int i = 0; i < 3; ++i) amid.hear(kOk);
        amid.hear(kGo);
        amid.dialogue.on_lost("the connection broke");
        CHECK_FALSE(amid.dialogue.handover().may_have_arrived);
        Talk late;
        late.until_end();
        late.dialogue.on_lost("no answer in time");
        CHECK(late.dialogue.handover().kind == Kind::not_now);
        CHECK(late.dialogue.handover().may_have_arrived);
        CHECK(late.dialogue.handover().exit_code == 75);
    }

    TEST_CASE("a reply amid the content is a refusal, or out of step; never an acceptance")
    {
        Talk refused;
        refused.hello();
        for (int i = 0; i < 3; ++i) refused.hear(kOk);
        refused.hear(kGo);
        refused.hear({552, {"5.3.4 Too large"}});
        CHECK(refused.dialogue.handover().exit_code == 65);
        Talk early;
        early.hello();
        for (int i = 0; i < 3; ++i) early.hear(kOk);
        early.hear(kGo);
        early.hear(kTaken);
        CHECK(early.dialogue.handover().kind == Kind::not_now);
    }

    TEST_CASE("exit codes after sysexits.h")
    {
        CHECK(exit_code_of({550, {"5.1.1 x"}}, true) == 67);
        CHECK(exit_code_of({550, {"5.1.2 x"}}, true) == 68);
        CHECK(exit_code_of({553, {"5.1.3 x"}}, true) == 67);
        CHECK(exit_code_of({552, {"5.3.4 x"}}, true) == 65);
        CHECK(exit_code_of({552, {"x"}}, false) == 65);
        CHECK(exit_code_of({554, {"5.4.6 x"}}, false) == 65);
        CHECK(exit_code_of({501, {"x"}}, false) == 65);
        CHECK(exit_code_of({530, {"x"}}, false) == 69);
        CHECK(exit_code_of({550, {"x"}}, false) == 69);
    }
}
