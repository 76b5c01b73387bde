#include "postman/smtp/connection.h"

#include "postman/oauth/secret.h"
#include "postman/smtp/data_writer.h"

namespace postman::smtp
{
namespace
{

using oauth::wipe;

constexpr std::chrono::seconds kLastWordsTime{1};
constexpr std::chrono::seconds kGoodbyeTime{1};

Connection::Deadline in(std::chrono::seconds time)
{
    return std::chrono::steady_clock::now() + time;
}

}  // namespace

Connection::Connection(const Smarthost& smarthost, std::shared_ptr<TlsContext> tls,
                       std::unique_ptr<Wire> wire)
    : smarthost_(smarthost),
      tls_(std::move(tls)),
      server_(server_of(smarthost)),
      wire_(std::move(wire))
{
}

Connection::~Connection()
{
    if (is_in_step_) (void)wire_->write("QUIT\r\n", in(kGoodbyeTime));
}

std::variant<std::unique_ptr<Connection>, Trouble> Connection::open(const Smarthost& smarthost,
                                                                    std::shared_ptr<TlsContext> tls,
                                                                    Deadline deadline)
{
    for (bool is_again = false;; is_again = true) {
        auto wire = Wire::connect(smarthost, deadline);
        if (!wire)
            return Trouble{Trouble::Kind::temporary,
                           server_of(smarthost) + ": " + wire.error().step};
        std::unique_ptr<Connection> connection(new Connection(smarthost, tls, std::move(*wire)));
        auto trouble = connection->sign_on(deadline);
        if (!trouble) return connection;
        if (trouble->is_token_refused) smarthost.token->reject(connection->token_);
        wipe(connection->token_);
        if (!trouble->is_token_refused || is_again) return *trouble;
    }
}

Trouble Connection::trouble_of(const mail::Error& error) const
{
    const bool is_broken = error.kind != mail::ErrorKind::temporary;
    return {is_broken ? Trouble::Kind::broken : Trouble::Kind::temporary,
            server_ + ": " + error.describe()};
}

std::optional<Trouble> Connection::sign_on(Deadline deadline)
{
    if (smarthost_.scheme == Smarthost::Scheme::smtps)
        if (auto trouble = start_tls(deadline)) return trouble;
    SignOn machine(smarthost_);
    while (machine.need() != SignOn::Need::done)
        if (auto trouble = advance(machine, deadline)) return trouble;
    wipe(token_);
    unspoken_ = machine.take_unspoken();
    capabilities_ = machine.capabilities();
    is_in_step_ = true;
    return std::nullopt;
}

std::optional<Trouble> Connection::advance(SignOn& machine, Deadline deadline)
{
    switch (machine.need()) {
        case SignOn::Need::reply: {
            std::string output = machine.take_output();
            const auto sent = output.empty() ? mail::Done{} : send(output, deadline);
            wipe(output);
            if (!sent) return trouble_of(sent.error());
            const auto reply = read_reply(deadline);
            if (!reply) return trouble_of(reply.error());
            machine.on_reply(*reply);
            return std::nullopt;
        }
        case SignOn::Need::tls:
            if (auto trouble = start_tls(deadline)) return trouble;
            machine.on_tls();
            return std::nullopt;
        case SignOn::Need::secret:
            return give_secret(machine);
        case SignOn::Need::failed: {
            Trouble trouble = machine.trouble();
            trouble.reason = server_ + " " + trouble.reason;
            return trouble;
        }
        case SignOn::Need::done:
            break;
    }
    return std::nullopt;
}

std::optional<Trouble> Connection::start_tls(Deadline deadline)
{
    // What was sent in clear behind the go-ahead would be taken for the server's (CVE-2011-0411).
    if (!replies_.is_empty())
        return Trouble{Trouble::Kind::broken,
                       server_ +
                           " sends more than its go-ahead for TLS, in clear: somebody between may "
                           "be adding to it; nothing was sent"};
    const std::string& name = smarthost_.tls.name.empty() ? smarthost_.host : smarthost_.tls.name;
    const auto ok = wire_->start_tls(*tls_, smarthost_.tls, name, deadline);
    if (!ok) return trouble_of(ok.error());
    return std::nullopt;
}

std::optional<Trouble> Connection::give_secret(SignOn& machine)
{
    const bool is_token = wants_token(machine.mechanism());
    auto secret = is_token ? smarthost_.token->token({}) : smarthost_.password({});
    if (!secret)
        return Trouble{secret.error().kind == mail::ErrorKind::temporary ? Trouble::Kind::temporary
                                                                         : Trouble::Kind::broken,
                       "no sign-in to " + server_ + ": " + secret.error().describe()};
    machine.on_secret(*secret);
    if (is_token) token_ = *secret;
    wipe(*secret);
    return std::nullopt;
}

mail::Result<mail::Done> Connection::send(std::string_view bytes, Deadline deadline)
{
    if (!replies_.is_empty())
        return mail::Error{mail::ErrorKind::temporary, "it answers before it is asked"};
    return wire_->write(bytes, deadline);
}

mail::Result<Reply> Connection::read_reply(Deadline deadline)
{
    std::array<char, 8192> space;
    while (true) {
        if (auto reply = replies_.next()) return *reply;
        if (!replies_.fault().empty())
            return mail::Error{mail::ErrorKind::temporary, replies_.fault()};
        const auto bytes = wire_->read(space, deadline);
        if (!bytes) return bytes.error();
        replies_.feed({space.data(), *bytes});
    }
}

Transaction Connection::deliver(const mail::Record& record,
                                const std::vector<std::string>& recipients, Deadline deadline)
{
    Transaction mail(record, recipients,
                     {.server = server_,
                      .capabilities = capabilities_,
                      .is_lmtp = smarthost_.scheme == Smarthost::Scheme::lmtp,
                      .resets_first = is_used_,
                      .unspoken = &unspoken_});
    is_used_ = true;
    is_in_step_ = false;  // until its end is seen
    while (mail.need() != Transaction::Need::done) {
        if (mail.need() == Transaction::Need::content)
            send_content(mail, record.content, deadline);
        else
            exchange(mail, deadline);
    }
    is_in_step_ = mail.is_in_step();
    return mail;
}

void Connection::exchange(Transaction& mail, Deadline deadline)
{
    const std::string output = mail.take_output();
    if (!output.empty()) {
        const auto sent = send(output, deadline);
        if (!sent) return mail.on_lost(server_ + ": " + sent.error().describe());
    }
    const auto reply = read_reply(deadline);
    if (!reply) return mail.on_lost(server_ + ": " + reply.error().describe());
    mail.on_reply(*reply);
}

void Connection::send_content(Transaction& mail, const std::string& content, Deadline deadline)
{
    if (!replies_.is_empty() || wire_->has_input())
        return mail.on_lost(server_ + ": it answers before it has the content");
    DataWriter writer(content);
    std::string piece;
    while (writer.next(piece)) {
        const auto sent = wire_->write(piece, deadline);
        if (sent) continue;
        const auto last_words = read_reply(in(kLastWordsTime));
        if (last_words) return mail.on_refused_amid(*last_words);
        return mail.on_lost(server_ + ": " + sent.error().describe());
    }
    mail.on_content_sent();
}

bool Connection::is_fit() const
{
    return is_in_step_ && replies_.is_empty() && !wire_->has_input();
}

}  // namespace postman::smtp
