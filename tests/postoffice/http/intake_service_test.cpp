/// The service without sockets: requests in, answers out, and what was stored.
#include "postoffice/http/intake_service.h"

#include <doctest/doctest.h>

#include <new>

#include "common/base64.h"
#include "common/spool/record.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace postoffice::http;
using mail::http::Answer;
using mail::http::find_field;
using mail::http::Request;
using Addresses = std::vector<std::string>;

namespace
{

const std::string kKey = "a key of at least 16 octets";
const std::string kOtherKey = "another key of that length";
const std::string kMail = "From: a@b.example\nTo: c@d.example\nSubject: x\n\nhi\n";

class FakeIntake final : public mail::Intake
{
public:
    mail::Result<mail::SpoolId> commit(mail::Message message) override
    {
        if (is_throwing) throw std::bad_alloc();
        if (is_broken) return mail::Error{mail::ErrorKind::temporary, "sync", ENOSPC};
        stored.push_back(std::move(message));
        return mail::SpoolId::generate(mail::WallTime(std::chrono::seconds(stored.size())));
    }
    bool has_room() override { return room; }
    bool is_lost() const override { return lost; }

    std::vector<mail::Message> stored;
    bool is_broken = false;
    bool is_throwing = false;
    bool room = true;
    bool lost = false;
};

struct Post {
    std::string body = kMail;
    std::string query = {};
    std::string mail_from = {};
    std::string rcpt_to = {};
    std::string idempotency_key = {};
    std::string key = kKey;
    std::string nonce = {};  // empty: a new one
    int seconds_off = 0;
    std::string path = "/v1/messages";  // that is signed
};

struct Desk {
    explicit Desk(SenderRules with = {}, bool takes_form = true)
        : senders(std::move(with)),
          book(*IntakeBook::open(layout, files, clock)),
          service({keys, senders, door, clock, 1000}, *book, takes_form)
    {
    }

    Request request_of(const Post& post)
    {
        const std::string nonce = post.nonce.empty()
                                      ? "nonce-of-a-request-" + std::to_string(1000 + ++nonces)
                                      : post.nonce;
        const std::int64_t time =
            std::chrono::duration_cast<std::chrono::seconds>(clock.wall().time_since_epoch())
                .count() +
            post.seconds_off;
        const std::string sha256 = mail::sha256_hex(post.body);
        const std::string text = signed_text({"POST", post.path, post.query, post.mail_from,
                                              post.rcpt_to, post.idempotency_key, sha256},
                                             time, nonce);
        Request request;
        request.method = "POST";
        request.path = "/v1/messages";
        request.query = post.query;
        request.body = post.body;
        request.peer = "unix";
        request.fields.emplace_back(
            "PostOffice-Signature",
            "time=" + std::to_string(time) + ", nonce=" + nonce +
                ", hmac-sha256=" + mail::base64_encode(hmac_sha256(post.key, text)));
        const auto add = [&request](const char* name, const std::string& value) {
            if (!value.empty()) request.fields.emplace_back(name, value);
        };
        add("Mail-From", post.mail_from);
        add("Rcpt-To", post.rcpt_to);
        add("Idempotency-Key", post.idempotency_key);
        return request;
    }
    Answer post(const Post& one) { return service.handle(request_of(one)); }
    Answer form(const std::string& body, const std::string& type = "")
    {
        Request request;
        request.method = "POST";
        request.path = "/";
        request.body = body;
        request.peer = "unix";
        if (!type.empty()) request.fields.emplace_back("Content-Type", type);
        return service.handle(std::move(request));
    }
    Answer ask(const std::string& method, const std::string& path)
    {
        Request request;
        request.method = method;
        request.path = path;
        return service.handle(std::move(request));
    }

    SenderRules senders;
    KeyRing keys{Keys{kOtherKey, kKey}};
    mail::test::ManualClock clock;
    mail::test::MemoryFiles files;
    mail::SpoolLayout layout{"/spool"};
    FakeIntake intake;
    postoffice::MailStore store{intake, clock};
    MailDoor door{store, intake};
    std::unique_ptr<IntakeBook> book;
    IntakeService service;
    int nonces = 0;
};

std::string encoded(const std::string& octets)
{
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string text;
    for (const char c : octets) {
        const auto byte = static_cast<unsigned char>(c);
        text.append("%") += {kHex[byte >> 4], kHex[byte & 15]};
    }
    return text;
}

std::string form_of(const std::string& msg, const std::string& key = kKey,
                    const std::string& more = "")
{
    return "msg=" + encoded(msg) +
           "&signature=" + encoded(mail::base64_encode(hmac_sha1(key, msg)) + "\n") + more;
}

bool says(const Answer& answer, std::string_view words)
{
    return answer.body.find(words) != std::string::npos;
}

}  // namespace

TEST_SUITE("postoffice/http/intake_service")
{
    TEST_CASE("a signed message is stored, and the answer has its id")
    {
        Desk desk;
        const Answer answer = desk.post({});
        CHECK(answer.status == 202);
        CHECK(answer.body.starts_with("{\"id\":\""));
        REQUIRE(desk.intake.stored.size() == 1);
        CHECK(desk.intake.stored[0].envelope.recipients == Addresses{"c@d.example"});
        CHECK(desk.intake.stored[0].content ==
              "From: a@b.example\r\nTo: c@d.example\r\nSubject: x\r\n\r\nhi\r\n");
        CHECK(desk.service.counts().messages.taken.value() == 1);
    }

    TEST_CASE("the envelope is in fields or in the query, and not in both")
    {
        Desk desk;
        CHECK(desk.post({.mail_from = "<>", .rcpt_to = "<x@y.example>"}).status == 202);
        CHECK(desk.post({.query = "from=s%40t.example&to=u%40v.example"}).status == 202);
        REQUIRE(desk.intake.stored.size() == 2);
        CHECK(desk.intake.stored[0].envelope.reverse_path.empty());
        CHECK(desk.intake.stored[0].envelope.recipients == Addresses{"x@y.example"});
        CHECK(desk.intake.stored[1].envelope.reverse_path == "s@t.example");
        CHECK(desk.post({.query = "to=u%40v.example", .mail_from = "<>"}).status == 400);
        CHECK(desk.post({.query = "cc=u%40v.example"}).status == 400);
        CHECK(desk.intake.stored.size() == 2);
    }

    TEST_CASE("what is signed is all of it: a change anywhere is a signature that does not match")
    {
        Desk desk;
        const Post sound{
            .mail_from = "<a@b.example>", .rcpt_to = "<c@d.example>", .idempotency_key = "k"};
        const auto changed = [&](auto change) {
            Request request = desk.request_of(sound);
            change(request);
            const Answer answer = desk.service.handle(std::move(request));
            CHECK(answer.status == 401);
            CHECK(says(answer, "signature"));
            CHECK(find_field(answer.fields, "WWW-Authenticate") == "PostOffice-HMAC-SHA256");
        };
        changed([](Request& request) { request.body += "."; });
        changed([](Request& request) { request.query = "to=u%40v.example"; });
        for (std::size_t i = 1; i < 4; ++i)
            changed([i](Request& request) { request.fields[i].second += "x"; });
        changed([](Request& request) { request.fields[0].second[14] ^= 1; });  // the time
        changed([](Request& request) { request.fields[0].second[30] ^= 1; });  // the nonce
        changed([](Request& request) { request.fields.erase(request.fields.begin()); });
        changed([](Request& request) { request.fields[0].second = "time=1"; });
        CHECK(desk.post({.path = "/v1/messages/"}).status == 401);
        CHECK(desk.post({.key = "no key of ours, but long"}).status == 401);
        CHECK(desk.post({.key = ""}).status == 401);
        CHECK(desk.intake.stored.empty());
        CHECK(desk.post(sound).status == 202);
    }

    TEST_CASE("each of the keys signs, and one that was taken out of the file no more")
    {
        Desk desk;
        CHECK(desk.post({.key = kKey}).status == 202);
        CHECK(desk.post({.key = kOtherKey}).status == 202);
        desk.keys.replace({kKey});
        CHECK(desk.post({.key = kOtherKey}).status == 401);
        CHECK(desk.post({.key = kKey}).status == 202);
    }

    TEST_CASE("a clock that is over 300 seconds off is told so, with our time")
    {
        Desk desk;
        for (const int off : {-300, 0, 300}) CHECK(desk.post({.seconds_off = off}).status == 202);
        for (const int off : {-301, 301, -86'400, 86'400}) {
            CAPTURE(off);
            const Answer answer = desk.post({.seconds_off = off});
            CHECK(answer.status == 401);
            CHECK(says(answer, "clock"));
            CHECK(find_field(answer.fields, "Date") == "Fri, 20 Nov 2026 08:27:27 GMT");
        }
    }

    TEST_CASE("a field twice is refused, whatever is signed")
    {
        Desk desk;
        for (const char* name :
             {"Mail-From", "Rcpt-To", "PostOffice-Signature", "Idempotency-Key", "MAIL-FROM"}) {
            CAPTURE(name);
            Request request = desk.request_of(
                {.mail_from = "<a@b.example>", .rcpt_to = "<c@d.example>", .idempotency_key = "k"});
            request.fields.emplace_back(name, "<a@b.example>");
            CHECK(desk.service.handle(std::move(request)).status == 400);
        }
        CHECK(desk.intake.stored.empty());
    }

    TEST_CASE("a request is not played again, after a power cut neither")
    {
        Desk desk;
        const Request request = desk.request_of({});
        CHECK(desk.service.handle(request).status == 202);
        CHECK(desk.service.handle(request).status == 409);
        desk.files.restart();
        const auto book = *IntakeBook::open(desk.layout, desk.files, desk.clock);
        IntakeService again({desk.keys, desk.senders, desk.door, desk.clock, 1000}, *book, true);
        CHECK(again.handle(request).status == 409);
        CHECK(desk.intake.stored.size() == 1);
    }

    TEST_CASE("an Idempotency-Key makes a repeat harmless, and is for one mail")
    {
        Desk desk;
        const Answer first = desk.post({.idempotency_key = "order-17"});
        const Answer again = desk.post({.idempotency_key = "order-17"});
        CHECK(again.status == 202);
        CHECK(again.body == first.body);
        CHECK(desk.post({.body = kMail + "more\n", .idempotency_key = "order-17"}).status == 422);
        CHECK(desk.post({.rcpt_to = "<x@y.example>", .idempotency_key = "order-17"}).status == 422);
        CHECK(desk.post({.idempotency_key = "with space"}).status == 400);
        CHECK(desk.post({.idempotency_key = std::string(256, 'x')}).status == 400);
        CHECK(desk.intake.stored.size() == 1);
        CHECK(desk.post({}).status == 202);
        CHECK(desk.post({}).status == 202);
        CHECK(desk.intake.stored.size() == 3);
        CHECK(desk.service.counts().messages.repeated.value() == 1);
    }

    TEST_CASE("our own trouble is 503, and the same request may come again")
    {
        Desk desk;
        const Request request = desk.request_of({.idempotency_key = "k"});
        const auto is_put_off = [&] {
            const Answer answer = desk.service.handle(request);
            CHECK_FALSE(find_field(answer.fields, "Retry-After").empty());
            return answer.status == 503;
        };
        desk.intake.is_broken = true;
        CHECK(is_put_off());
        desk.intake.is_broken = false;
        desk.intake.is_throwing = true;
        CHECK(is_put_off());
        desk.intake.is_throwing = false;
        desk.intake.room = false;
        CHECK(is_put_off());
        CHECK(desk.ask("GET", "/").status == 503);
        desk.intake.room = true;
        desk.intake.lost = true;
        CHECK(is_put_off());
        desk.intake.lost = false;
        CHECK(desk.service.handle(request).status == 202);
        desk.door.close();
        CHECK(desk.post({}).status == 503);
        CHECK(desk.form(form_of(kMail)).status == 503);
        CHECK(desk.intake.stored.size() == 1);
    }

    TEST_CASE("a book that cannot be written takes no mail back")
    {
        Desk desk;
        desk.files.fail_after(0, EIO, true);
        CHECK(desk.post({.idempotency_key = "k"}).status == 202);
        CHECK(desk.post({.idempotency_key = "k"}).status == 202);
        CHECK(desk.intake.stored.size() == 1);
    }

    TEST_CASE("a message over the limit is 413, without recipients 400, from the wrong sender 403")
    {
        Desk desk(*SenderRules::parse("noreply@shop.example", {"@b.example"}));
        CHECK(desk.post({.body = kMail + std::string(1000, 'x')}).status == 413);
        CHECK(desk.post({.body = "From: a@b.example\n\nhi\n"}).status == 400);
        CHECK(desk.post({.body = ""}).status == 400);
        CHECK(desk.post({.mail_from = "<eve@c.example>"}).status == 403);
        CHECK(desk.post({.body = "To: c@d.example\n\nhi\n"}).status == 202);
        CHECK(desk.intake.stored.at(0).envelope.reverse_path == "noreply@shop.example");
        CHECK(desk.service.counts().messages.refused.value() == 3);
    }

    TEST_CASE("a message that CR LF line ends take over the limit is 413, as in SMTP")
    {
        Desk desk;
        const std::string grows = kMail + std::string(600, '\n');
        CHECK(desk.post({.body = grows}).status == 413);
        CHECK(desk.form(form_of(grows)).status == 413);
        CHECK(desk.intake.stored.empty());
        CHECK(desk.post({.body = kMail + std::string(400, '\n')}).status == 202);
    }

    TEST_CASE("the probe, and what is not there")
    {
        Desk desk;
        CHECK(desk.ask("GET", "/").status == 200);
        CHECK(desk.ask("HEAD", "/").body.empty());
        CHECK(find_field(desk.ask("PUT", "/").fields, "Allow") == "GET, HEAD, POST");
        CHECK(find_field(desk.ask("GET", "/v1/messages").fields, "Allow") == "POST");
        CHECK(desk.ask("POST", "/v1/messages/").status == 404);
        CHECK(desk.ask("GET", "/healthz").status == 404);
    }

    TEST_CASE("the old client's form is taken: 204 without a body (AM-01, AM-02)")
    {
        Desk desk;
        const Answer answer =
            desk.form(form_of("From: a@b.example\nTo: c@d.example\nBcc: e@f.example\n\nhi\n"),
                      "application/x-www-form-urlencoded");
        CHECK(answer.status == 204);
        CHECK(answer.body.empty());
        REQUIRE(desk.intake.stored.size() == 1);
        CHECK(desk.intake.stored[0].envelope.recipients == Addresses{"c@d.example", "e@f.example"});
        CHECK(desk.intake.stored[0].content ==
              "From: a@b.example\r\nTo: c@d.example\r\n\r\nhi\r\n");
        CHECK(desk.form(form_of(kMail, kOtherKey)).status == 204);
    }

    TEST_CASE("the mbox line's sender goes before From, and the line is not stored (AM-08)")
    {
        Desk desk;
        CHECK(desk.form(form_of("From env@x.example Fri Nov 20 08:27:27 2026\n" + kMail)).status ==
              204);
        CHECK(desk.intake.stored.at(0).envelope.reverse_path == "env@x.example");
        CHECK(desk.intake.stored.at(0).content.starts_with("From: a@b.example\r\n"));
    }

    TEST_CASE("what is wrong with a form is said in the original's words (AM-04)")
    {
        Desk desk(*SenderRules::parse("", {"@b.example"}));
        const auto refused = [&](const std::string& body, std::string_view words) {
            CAPTURE(body);
            const Answer answer = desk.form(body);
            CHECK(answer.status == 400);
            CHECK(answer.body == words);
            CHECK(answer.type == "text/plain; charset=utf-8");
        };
        refused("signature=x", "No message found");
        refused("msg=&signature=x", "No message found");
        refused("msg=x", "No signature found");
        refused("msg=x&signature=x", "Signature doesn't match");
        refused("msg=x&signature=" + encoded(mail::base64_encode(hmac_sha1("", "x"))),
                "Signature doesn't match");
        refused("msg=x&signature=" + encoded(mail::base64_encode(hmac_sha256(kKey, "x"))),
                "Signature doesn't match");
        refused(form_of("To: c@d.example\n\nhi\n"), "No sender specified");
        refused(form_of("From: a@b.example\n\nhi\n"), "No destination addresses specified");
        refused(form_of("From: a@b.example\nTo: c@d.example\n\n"), "No message body specified");
        refused(form_of("From: a@c.example\nTo: c@d.example\n\nhi\n"),
                "Unauthorized message sender 'a@c.example'");
        refused(form_of("From: a@c.example\nTo: c@d.example\n\nhi\n", kKey, "&fix_sender=true"),
                "Unauthorized default message sender ''");
        refused("msg=x&msg=x&signature=x", "The form has a field twice");
        CHECK(desk.form("msg=x", "text/plain; charset=utf-8").status == 400);
        CHECK(desk.form("msg=" + std::string(1001, 'x') + "&signature=x").status == 413);
        CHECK(desk.intake.stored.empty());
    }

    TEST_CASE(
        "fix_sender puts the default sender into the envelope and nowhere else (AM-03, AM-07)")
    {
        Desk desk(*SenderRules::parse("noreply@shop.example", {"@b.example"}));
        const std::string strange = "From: a@c.example\nTo: c@d.example\n\nhi\n";
        CHECK(desk.form(form_of(strange)).status == 400);
        CHECK(desk.form(form_of(strange, kKey, "&fix_sender=true")).status == 204);
        CHECK(desk.form(form_of(kMail, kKey, "&fix_sender=true")).status == 204);
        REQUIRE(desk.intake.stored.size() == 2);
        CHECK(desk.intake.stored[0].envelope.reverse_path == "noreply@shop.example");
        CHECK(desk.intake.stored[0].content.starts_with("From: a@c.example\r\n"));
        CHECK(desk.intake.stored[1].envelope.reverse_path == "a@b.example");
    }

    TEST_CASE("without the option the form is refused, and the text names it")
    {
        Desk desk({}, false);
        const Answer answer = desk.form(form_of(kMail));
        CHECK(answer.status == 403);
        CHECK(says(answer, "--http-legacy-hmac-sha1"));
        CHECK(desk.intake.stored.empty());
        CHECK(desk.post({}).status == 202);
    }
}
