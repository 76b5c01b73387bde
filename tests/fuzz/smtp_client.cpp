// Any bytes as the server's side of a whole session: sign-on, then a mail. The first octet chooses
// the smarthost. The machines never hang, never say a secret or an envelope before TLS, and never
// call a mail delivered without a 2xx after its last octet.
#include <cstdlib>

#include "postman/smtp/sign_on.h"
#include "postman/smtp/transaction.h"

using namespace postman;
using smtp::ReplyParser;
using smtp::SignOn;
using smtp::Transaction;

namespace
{

void demand(bool is_so)
{
    if (!is_so) std::abort();
}

class FixedToken final : public TokenSource
{
public:
    std::string name() const override { return "fuzz"; }
    mail::Result<std::string> token(std::stop_token) override { return std::string("t0ken"); }
    void reject(std::string_view) override {}
};

Smarthost smarthost_by(unsigned choice)
{
    static constexpr const char* kUrls[] = {"smtp:localhost", "smtp://web@mx.example",
                                            "smtps://web@mx.example", "lmtp:/run/lmtp"};
    Smarthost smarthost = parse_smarthost(kUrls[choice % 4]).value();
    if (smarthost.user.empty()) return smarthost;
    const bool has_token = (choice & 4U) != 0;
    if (has_token)
        smarthost.token = std::make_shared<FixedToken>();
    else
        smarthost.password = [](std::stop_token) -> mail::Result<std::string> {
            return std::string("s3cret");
        };
    static constexpr Mechanism kAlone[] = {Mechanism::plain, Mechanism::login, Mechanism::cram_md5,
                                           Mechanism::digest_md5};
    if (!has_token && (choice & 8U) != 0) smarthost.mechanisms = {kAlone[(choice >> 4U) % 4]};
    return smarthost;
}

/// server_says_it  the secret is among the server's own words, which our reasons may repeat
/// returns         whether the server was good enough to send mail
bool sign_on(SignOn& machine, ReplyParser& replies, bool is_encrypted, bool server_says_it)
{
    while (true) {
        switch (machine.need()) {
            case SignOn::Need::reply: {
                const std::string output = machine.take_output();
                demand(is_encrypted || output.find("AUTH") == std::string::npos);
                const auto reply = replies.next();
                if (!reply) return false;
                machine.on_reply(*reply);
                break;
            }
            case SignOn::Need::tls:
                is_encrypted = true;
                machine.on_tls();
                break;
            case SignOn::Need::secret:
                demand(is_encrypted);
                machine.on_secret("s3cret");
                break;
            case SignOn::Need::failed:
                demand(server_says_it ||
                       machine.trouble().reason.find("s3cret") == std::string::npos);
                return false;
            case SignOn::Need::done:
                return true;
        }
    }
}

void send_mail(const SignOn& machine, ReplyParser& replies, bool is_lmtp)
{
    mail::Record record;
    record.envelope.reverse_path = "web@app.example";
    record.content = "Subject: s\r\n\r\n.\r\n";
    Transaction mail(record, {"ann@x.example", "bob@x.example", "cid@x.example"},
                     {.server = "mx", .capabilities = machine.capabilities(), .is_lmtp = is_lmtp});
    bool is_sent = false;
    bool is_accepted = false;
    while (mail.need() != Transaction::Need::done) {
        if (mail.need() == Transaction::Need::content) {
            is_sent = true;
            mail.on_content_sent();
            continue;
        }
        (void)mail.take_output();
        const auto reply = replies.next();
        if (!reply) {
            mail.on_lost("mx: it closed the connection");
            break;
        }
        is_accepted = is_accepted || (is_sent && reply->is_positive());
        mail.on_reply(*reply);
    }
    demand(mail.verdicts().size() == 3);
    for (const Verdict& verdict : mail.verdicts()) {
        demand(verdict.kind != mail::OutcomeKind::delivered || is_accepted);
        demand(!verdict.may_be_accepted || is_sent);
        demand(verdict.kind == mail::OutcomeKind::delivered || !verdict.reason.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0) return 0;
    const Smarthost smarthost = smarthost_by(data[0]);
    ReplyParser replies;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    replies.feed(bytes);
    SignOn machine(smarthost);
    const bool says_it = bytes.find("s3cret") != std::string_view::npos;
    if (!sign_on(machine, replies, smarthost.scheme == Smarthost::Scheme::smtps, says_it)) return 0;
    send_mail(machine, replies, smarthost.scheme == Smarthost::Scheme::lmtp);
    return 0;
}
