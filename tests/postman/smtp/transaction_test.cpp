#include "postman/smtp/transaction.h"

#include <doctest/doctest.h>

using namespace postman;
using mail::OutcomeKind;
using smtp::Capabilities;
using smtp::Reply;
using smtp::Transaction;
using Need = Transaction::Need;

namespace
{

const Reply kOk{250, {"2.0.0 Ok"}};
const Reply kGo{354, {"go"}};
const Reply kNo{550, {"5.1.1 No such user"}};
const Reply kLater{450, {"4.2.0 Later"}};

Capabilities everything()
{
    return {.pipelining = true, .eight_bit_mime = true, .smtputf8 = true, .size = true};
}

mail::Record record_of(std::string content = "Subject: s\r\n\r\nb\r\n")
{
    mail::Record record;
    record.envelope.reverse_path = "web@app.example";
    record.content = std::move(content);
    return record;
}

Transaction::Terms terms(Capabilities can = everything(), bool is_lmtp = false)
{
    return {.server = "mx:25", .capabilities = std::move(can), .is_lmtp = is_lmtp};
}

void answer(Transaction& mail, std::initializer_list<Reply> replies)
{
    for (const Reply& reply : replies) mail.on_reply(reply);
}

/// "d" delivered, "l" deferred, "u" deferred and unknown, "f" failed, "h" held
std::string letters(const Transaction& mail)
{
    std::string text;
    for (const Verdict& verdict : mail.verdicts()) {
        if (verdict.kind == OutcomeKind::delivered) text += 'd';
        if (verdict.kind == OutcomeKind::deferred) text += verdict.may_be_accepted ? 'u' : 'l';
        if (verdict.kind == OutcomeKind::failed) text += 'f';
        if (verdict.kind == OutcomeKind::held) text += 'h';
    }
    return text;
}

const std::vector<std::string> kThree = {"ann@x.example", "bob@x.example", "cid@x.example"};

}  // namespace

TEST_SUITE("postman/smtp/transaction")
{
    TEST_CASE("one group, the content, one reply for all (RFC 5321 3.3, RFC 2920 3.1)")
    {
        const auto record = record_of();
        Transaction mail(record, kThree, terms());
        CHECK(mail.take_output() ==
              "MAIL FROM:<web@app.example> SIZE=17\r\nRCPT TO:<ann@x.example>\r\n"
              "RCPT TO:<bob@x.example>\r\nRCPT TO:<cid@x.example>\r\nDATA\r\n");
        answer(mail, {kOk, kOk, kNo, kLater, kGo});
        CHECK(mail.need() == Need::content);
        mail.on_content_sent();
        CHECK(mail.need() == Need::reply);
        mail.on_reply({250, {"2.0.0 Ok: queued as 4F1"}});
        CHECK(mail.need() == Need::done);
        CHECK(letters(mail) == "dfl");
        CHECK(mail.acceptance() == "250 2.0.0 Ok: queued as 4F1");
        CHECK(mail.verdicts()[1].reason == "mx:25 said 550 5.1.1 No such user to RCPT");
        CHECK(mail.is_in_step());
    }

    TEST_CASE("without PIPELINING, one command at a time, and none in vain")
    {
        const auto record = record_of();
        auto can = everything();
        can.pipelining = false;
        auto t = terms(can);
        t.resets_first = true;
        Transaction mail(record, {"ann@x.example"}, t);
        CHECK(mail.take_output() == "RSET\r\n");
        mail.on_reply(kOk);
        CHECK(mail.take_output().starts_with("MAIL"));
        mail.on_reply(kOk);
        CHECK(mail.take_output().starts_with("RCPT"));
        mail.on_reply(kNo);
        CHECK(mail.need() == Need::done);
        CHECK(mail.take_output().empty());
        CHECK(letters(mail) == "f");
        CHECK(mail.is_in_step());
    }

    TEST_CASE("a thousand recipients go in groups, so that nobody's buffers fill")
    {
        const auto record = record_of();
        std::vector<std::string> many;
        for (int i = 0; i < 1000; ++i) many.push_back("u" + std::to_string(i) + "@x.example");
        Transaction mail(record, many, terms());
        std::size_t groups = 0;
        while (mail.need() == Need::reply) {
            const std::string group = mail.take_output();
            if (!group.empty()) ++groups;
            CHECK(std::count(group.begin(), group.end(), '\n') <= 100);
            mail.on_reply(kOk);
            if (groups == 11) break;
        }
        CHECK(groups == 11);
    }

    TEST_CASE("nothing counts as accepted but a 2xx after the dot")
    {
        const auto record = record_of();
        const struct {
            const char* what;
            std::vector<Reply> replies;
            const char* letters;
            bool in_step;
        } rows[] = {
            {"MAIL refused", {kNo, kNo, kNo, kNo, kNo}, "fff", true},
            {"MAIL put off", {kLater, kOk, kOk, kOk, kNo}, "lll", true},
            {"all refused", {kOk, kNo, kNo, kNo, {554, {"no valid recipients"}}}, "fff", true},
            {"DATA put off", {kOk, kOk, kNo, kOk, {451, {"4.3.0 later"}}}, "lfl", true},
            {"DATA refused", {kOk, kOk, kOk, kLater, {554, {"5.7.1 no"}}}, "ffl", true},
            {"DATA out of order", {kOk, kOk, kOk, kOk, {503, {"5.5.1 eh"}}}, "lll", false},
            {"a 250 for the 354", {kOk, kOk, kOk, kOk, kOk}, "lll", false},
            {"a 354 for nobody", {kOk, kNo, kNo, kLater, kGo}, "ffl", false},
            {"a 354 after a refused MAIL", {kNo, kOk, kOk, kOk, kGo}, "fff", false},
            {"a 354 to MAIL", {kGo}, "lll", false},
            {"a 334 to RCPT", {kOk, {334, {""}}}, "lll", false},
            {"a 421 to RCPT", {kOk, kOk, {421, {"4.3.2 bye"}}}, "lll", false},
            {"a 421 to MAIL", {{421, {"4.3.2 bye"}}}, "lll", false},
        };
        for (const auto& row : rows) {
            CAPTURE(row.what);
            Transaction mail(record, kThree, terms());
            for (const Reply& reply : row.replies) mail.on_reply(reply);
            CHECK(mail.need() == Need::done);
            CHECK(letters(mail) == row.letters);
            CHECK(mail.is_in_step() == row.in_step);
        }
    }

    TEST_CASE("a connection lost is unknown after the last octet, and not accepted before (W5)")
    {
        const auto record = record_of();
        Transaction mail(record, kThree, terms());
        answer(mail, {kOk, kOk, kNo, kLater, kGo});
        SUBCASE("before")
        {
            mail.on_lost("mx:25: it closed the connection");
            CHECK(letters(mail) == "lfl");
        }
        SUBCASE("after")
        {
            mail.on_content_sent();
            mail.on_lost("mx:25: it closed the connection");
            CHECK(letters(mail) == "ufl");
        }
        SUBCASE("after, by a reply that is none")
        {
            mail.on_content_sent();
            mail.on_reply(kGo);
            CHECK(letters(mail) == "ufl");
        }
        SUBCASE("a refusal amid the content is the server's word")
        {
            mail.on_refused_amid({552, {"5.3.4 too big"}});
            CHECK(letters(mail) == "ffl");
        }
        SUBCASE("an acceptance amid the content is none")
        {
            mail.on_refused_amid(kOk);
            CHECK(letters(mail) == "lfl");
        }
        CHECK(mail.need() == Need::done);
        CHECK_FALSE(mail.is_in_step());
    }

    TEST_CASE("LMTP: a reply for each recipient that was taken, in order (RFC 2033 4.2)")
    {
        const auto record = record_of();
        Transaction mail(record, kThree, terms(everything(), true));
        answer(mail, {kOk, kOk, kNo, kOk, kGo});
        mail.on_content_sent();
        mail.on_reply({452, {"4.2.2 full"}});
        CHECK(mail.need() == Need::reply);
        SUBCASE("all come")
        {
            mail.on_reply(kOk);
            CHECK(letters(mail) == "lfd");
            CHECK(mail.is_in_step());
        }
        SUBCASE("one is missing")
        {
            mail.on_lost("mx:25: no answer in time");
            CHECK(letters(mail) == "lfu");
        }
        SUBCASE("421 for one is its own answer")
        {
            mail.on_reply({421, {"4.3.2 bye"}});
            CHECK(letters(mail) == "lfl");
        }
        CHECK(mail.need() == Need::done);
    }

    TEST_CASE("too many recipients: the rest is for a mail of their own (RFC 5321 4.5.3.1.10)")
    {
        const auto record = record_of();
        Transaction mail(record, kThree, terms());
        answer(mail, {kOk, kOk, {452, {"4.5.3 Too many"}}, {552, {"too many"}}, kGo});
        mail.on_content_sent();
        mail.on_reply(kOk);
        CHECK(letters(mail) == "dll");
        CHECK(mail.left_over() == std::vector<std::string>{"bob@x.example", "cid@x.example"});
        Transaction full(record, {"ann@x.example"}, terms());
        answer(full, {kOk, {452, {"4.2.2 mailbox full"}}, {503, {"no"}}});
        CHECK(full.left_over().empty());
    }

    TEST_CASE("a kept connection that died before anything was said may be replaced at once")
    {
        const auto record = record_of();
        auto t = terms();
        t.resets_first = true;
        Transaction mail(record, kThree, t);
        CHECK(mail.take_output().starts_with("RSET\r\nMAIL"));
        SUBCASE("cut")
        {
            mail.on_lost("mx:25: it closed the connection");
        }
        SUBCASE("421 for RSET")
        {
            mail.on_reply({421, {"idle"}});
        }
        SUBCASE("421 for MAIL")
        {
            answer(mail, {kOk, {421, {"enough mails"}}});
        }
        CHECK(mail.need() == Need::done);
        CHECK(mail.is_untouched());
        CHECK_FALSE(mail.is_in_step());
    }

    TEST_CASE("a server that wants a sign-in first has refused no mail (RFC 4954 6)")
    {
        const auto record = record_of();
        Transaction mail(record, kThree, terms());
        answer(mail, {{530, {"5.7.0 sign in"}}, kNo, kNo, kNo, kNo});
        REQUIRE(mail.broken());
        CHECK(mail.broken()->reason.find("--deliver-password-file") != std::string::npos);
    }

    TEST_CASE("SIZE, 8BITMIME and SMTPUTF8 are said where they are offered and needed")
    {
        auto record = record_of("Subject: s\r\n\r\n\xc3\xa9\r\n");
        Transaction eight(record, {"ann@x.example"}, terms());
        CHECK(eight.take_output().starts_with(
            "MAIL FROM:<web@app.example> SIZE=18 BODY=8BITMIME\r\n"));
        record.envelope.smtputf8 = true;  // asked for, and not needed: any server will do
        Transaction plain(record, {"ann@x.example"}, terms());
        CHECK(plain.take_output().find("SMTPUTF8") == std::string::npos);
        Transaction utf8(record, {"d\xc3\xb6rte@x.example"}, terms());
        CHECK(utf8.take_output().starts_with(
            "MAIL FROM:<web@app.example> SIZE=18 BODY=8BITMIME SMTPUTF8\r\n"));
        auto headers = record_of("Subject: \xc3\xa9\r\n\r\nb\r\n");
        headers.envelope.smtputf8 = true;
        headers.envelope.reverse_path.clear();
        Transaction header(headers, {"ann@x.example"}, terms());
        CHECK(header.take_output().starts_with("MAIL FROM:<> SIZE=18 BODY=8BITMIME SMTPUTF8\r\n"));
    }

    TEST_CASE("what a server cannot carry is not sent and not changed")
    {
        auto can = everything();
        const auto lacking = [&](auto change, const mail::Record& record,
                                 const std::vector<std::string>& recipients) {
            auto less = everything();
            change(less);
            Transaction mail(record, recipients, terms(less));
            return letters(mail) + (mail.take_output().empty() ? "" : "…");
        };
        const auto none = [](Capabilities&) {};
        const std::vector<std::string> utf8 = {"ann@x.example", "d\xc3\xb6rte@x.example"};
        CHECK(lacking([](auto& c) { c.max_bytes = 16; }, record_of(), kThree) == "fff");
        CHECK(lacking([](auto& c) { c.max_bytes = 17; }, record_of(), kThree) == "lll…");
        CHECK(lacking([](auto& c) { c.eight_bit_mime = false; }, record_of("\xff"), kThree) ==
              "hhh");
        CHECK(lacking([](auto& c) { c.smtputf8 = false; }, record_of(), utf8) == "lh…");
        CHECK(lacking(none, record_of(), {"ann@x.example", "a b@x", "a<b", "\"a", "a>\x01"}) ==
              "lffff…");
        CHECK(lacking(none, record_of("a\r.\rb"), kThree) == "hhh");
        auto sender = record_of();
        sender.envelope.reverse_path = "a> SIZE=1";
        CHECK(lacking(none, sender, kThree) == "fff");
        sender.envelope.reverse_path = "d\xc3\xb6rte@x.example";
        CHECK(lacking([](auto& c) { c.smtputf8 = false; }, sender, kThree) == "hhh");
    }

    TEST_CASE("a secret that the server says back later is not shown either")
    {
        smtp::Unspoken unspoken;
        unspoken.add("tanstaaf");
        const auto record = record_of();
        Transaction::Terms with = terms();
        with.unspoken = &unspoken;
        Transaction mail(record, kThree, with);
        answer(mail, {kOk, {550, {"5.7.1 no, tanstaaf"}}, kOk, kOk, kGo});
        mail.on_content_sent();
        mail.on_reply({250, {"2.0.0 queued for dGFuc3RhYWY="}});
        CHECK(mail.verdicts()[0].reason.find("550 5.7.1 no, * to RCPT") != std::string::npos);
        CHECK(mail.acceptance() == "250 2.0.0 queued for *");
    }

    TEST_CASE("a quoted local part may hold what a bare one may not (RFC 5321 4.1.2)")
    {
        CHECK(smtp::path_fault("\"a b\\\" >\"@x.example").empty());
        CHECK_FALSE(smtp::path_fault("\"a b\\\"@x.example").empty());
        CHECK_FALSE(smtp::path_fault("a b@x.example").empty());
        CHECK_FALSE(smtp::path_fault("a@x\r\nDATA").empty());
        // A backslash quotes the next octet, and makes no line end of it harmless.
        CHECK_FALSE(smtp::path_fault("\"a\\\r\nDATA\"@x.example").empty());
        CHECK_FALSE(smtp::path_fault("\"a\\\n\"@x.example").empty());
        CHECK(smtp::path_fault("").empty());
    }
}
