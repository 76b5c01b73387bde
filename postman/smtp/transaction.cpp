#include "postman/smtp/transaction.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include "common/privacy/message_view.h"
#include "postman/smtp/data_writer.h"

namespace postman::smtp
{

using mail::OutcomeKind;

namespace
{

bool has_eight_bit(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) > 127; });
}

OutcomeKind kind_of(const Reply& reply)
{
    if (reply.is_positive()) return OutcomeKind::delivered;
    return reply.is_permanent() ? OutcomeKind::failed : OutcomeKind::deferred;
}

/// RFC 5321 4.5.3.1.10: 452, and the 552 of older servers. Postfix and Exim say 4.5.3 with it.
bool means_too_many(const Reply& reply)
{
    if (reply.code == 552) return reply.enhanced().empty() || reply.enhanced() == "5.5.3";
    return reply.code == 452 && (reply.enhanced().empty() || reply.enhanced() == "4.5.3");
}

/// What is asked of us is not about this mail: sign in, use TLS (RFC 4954 6).
bool asks_for_sign_in(const Reply& reply)
{
    return reply.code == 530 || reply.code == 534 || reply.code == 535 || reply.code == 538;
}

}  // namespace

std::ostream& operator<<(std::ostream& out, Transaction::Need need)
{
    static constexpr const char* kNames[] = {"reply", "content", "done"};
    return out << kNames[static_cast<int>(need)];
}

std::string path_fault(std::string_view address)
{
    constexpr std::size_t kMaxBytes = 1000;  // RFC 5321 4.5.3.1.3 says 256; the server judges that
    if (address.size() > kMaxBytes) return "the address is over 1,000 octets";
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
    };
    if (std::any_of(address.begin(), address.end(), is_control)) return "a control character";
    bool is_quoted = false;
    for (std::size_t i = 0; i < address.size(); ++i) {
        const char c = address[i];
        if (c == '"') is_quoted = !is_quoted;
        if (is_quoted && c == '\\') ++i;
        if (!is_quoted && (c == ' ' || c == '<' || c == '>')) return "a bare space, < or >";
    }
    return is_quoted ? "an open quote" : "";
}

Transaction::Transaction(const mail::Record& record, const std::vector<std::string>& recipients,
                         Terms terms)
    : record_(record), terms_(std::move(terms)), is_eight_bit_(has_eight_bit(record.content))
{
    for (const std::string& address : recipients) recipients_.push_back({address});
    judge_beforehand();
    if (!has_open()) return;
    if (terms_.resets_first) queue({Due::What::rset});
    queue({Due::What::mail});
    for (std::size_t i = 0; i < recipients_.size(); ++i)
        if (!recipients_[i].verdict) queue({Due::What::rcpt, i});
    queue({Due::What::data});
    prepare();
}

bool Transaction::needs_smtputf8() const
{
    if (has_eight_bit(record_.envelope.reverse_path)) return true;
    return record_.envelope.smtputf8 && is_eight_bit_ &&
           has_eight_bit(mail::privacy::view_message(record_.content).header);
}

/// What this server cannot carry is not sent, and never changed so that it can be.
void Transaction::judge_beforehand()
{
    const Capabilities& can = terms_.capabilities;
    const std::string& server = terms_.server;
    if (const auto fault = path_fault(record_.envelope.reverse_path); !fault.empty())
        return judge_all(OutcomeKind::failed, "the sender cannot be said in SMTP: " + fault);
    if (could_end_early(record_.content))
        return judge_all(OutcomeKind::held,
                         "the content holds CR, a dot and CR without LF: some servers take that "
                         "for the mail's end, and what follows for commands");
    if (can.max_bytes > 0 && record_.content.size() > can.max_bytes)
        return judge_all(OutcomeKind::failed, server + " takes mails up to " +
                                                  std::to_string(can.max_bytes) +
                                                  " octets (SIZE); this one has " +
                                                  std::to_string(record_.content.size()));
    if (is_eight_bit_ && !can.eight_bit_mime)
        return judge_all(OutcomeKind::held, server + " takes no 8-bit content (no 8BITMIME)");
    if (!can.smtputf8 && needs_smtputf8())
        return judge_all(OutcomeKind::held,
                         server + " takes no addresses or headers in UTF-8 (no SMTPUTF8)");
    for (Recipient& recipient : recipients_) {
        const std::string fault = path_fault(recipient.address);
        if (!fault.empty())
            recipient.verdict = Verdict{recipient.address, OutcomeKind::failed,
                                        "the address cannot be said in SMTP: " + fault};
        else if (!can.smtputf8 && has_eight_bit(recipient.address))
            recipient.verdict = Verdict{recipient.address, OutcomeKind::held,
                                        server + " takes no addresses in UTF-8 (no SMTPUTF8)"};
    }
}

void Transaction::judge_all(OutcomeKind kind, const std::string& reason)
{
    for (Recipient& recipient : recipients_)
        if (!recipient.verdict) recipient.verdict = Verdict{recipient.address, kind, reason};
}

Transaction::Need Transaction::need() const
{
    if (!due_.empty()) return Need::reply;
    return is_data_granted_ && !is_content_sent_ ? Need::content : Need::done;
}

std::string Transaction::take_output()
{
    return std::exchange(output_, {});
}

/// The next commands: a group of them where the server takes one (RFC 2920), else one.
void Transaction::prepare()
{
    const std::size_t most = terms_.capabilities.pipelining ? kCommandsAtOnce : 1;
    while (!unsent_.empty() && due_.size() < most) {
        output_ += command_of(unsent_.front());
        due_.push_back(unsent_.front());
        unsent_.pop_front();
    }
}

std::string Transaction::command_of(const Due& due) const
{
    switch (due.what) {
        case Due::What::rset:
            return "RSET\r\n";
        case Due::What::mail:
            return mail_command();
        case Due::What::rcpt:
            return "RCPT TO:<" + recipients_[due.recipient].address + ">\r\n";
        case Due::What::data:
            return "DATA\r\n";
        case Due::What::end:
            break;
    }
    return {};
}

std::string Transaction::mail_command() const
{
    const Capabilities& can = terms_.capabilities;
    const bool has_utf8_recipient =
        std::any_of(recipients_.begin(), recipients_.end(),
                    [](const Recipient& r) { return !r.verdict && has_eight_bit(r.address); });
    std::string command = "MAIL FROM:<" + record_.envelope.reverse_path + ">";
    if (can.size) command += " SIZE=" + std::to_string(record_.content.size());
    if (is_eight_bit_) command += " BODY=8BITMIME";
    if (needs_smtputf8() || has_utf8_recipient) command += " SMTPUTF8";
    return command + "\r\n";
}

void Transaction::on_reply(const Reply& reply)
{
    if (due_.empty()) return;
    const Due due = due_.front();
    due_.pop_front();
    const bool is_goodbye = due.what == Due::What::mail && reply.code == 421;
    if (due.what != Due::What::rset && !is_goodbye) is_untouched_ = false;
    on_due(due, reply);
    if (reply.code == 421 && is_in_step_) on_lost(said("", reply));
    if (due_.empty() && is_in_step_) finish_group();
}

void Transaction::on_due(const Due& due, const Reply& reply)
{
    // 503 says that we and the server disagree on where we are: that is no word about the mail.
    if (reply.code == 503 && has_open()) return out_of_step("a command", reply);
    switch (due.what) {
        case Due::What::rset:
            if (!reply.is_positive()) out_of_step("RSET", reply);
            return;
        case Due::What::mail:
            return on_mail(reply);
        case Due::What::rcpt:
            return on_rcpt(recipients_[due.recipient], reply);
        case Due::What::data:
            return on_data(reply);
        case Due::What::end:
            return on_end(due, reply);
    }
}

void Transaction::on_mail(const Reply& reply)
{
    if (reply.is_positive()) return;
    if (reply.code / 100 == 3) return out_of_step("MAIL", reply);
    if (asks_for_sign_in(reply))
        broken_ = Broken{said("MAIL", reply) +
                         "; it wants a sign-in: give the user in the URL and "
                         "--deliver-password-file or --deliver-token"};
    judge_all(kind_of(reply), said("MAIL", reply));
}

void Transaction::on_rcpt(Recipient& recipient, const Reply& reply)
{
    if (reply.code / 100 == 3) return out_of_step("RCPT", reply);
    if (recipient.verdict) return;  // MAIL was refused: what is said of this one says nothing
    if (reply.is_positive()) {
        recipient.is_accepted = true;
        return;
    }
    const bool is_too_many = means_too_many(reply);
    if (is_too_many) left_over_.push_back(recipient.address);
    const bool is_deferred = is_too_many || asks_for_sign_in(reply);
    recipient.verdict =
        Verdict{recipient.address, is_deferred ? OutcomeKind::deferred : kind_of(reply),
                said("RCPT", reply)};
}

void Transaction::on_data(const Reply& reply)
{
    if (reply.code == 354 && has_accepted()) {
        is_data_granted_ = true;
        return;
    }
    if (reply.is_permanent() || reply.is_transient())
        return judge_all(kind_of(reply), said("DATA", reply));
    out_of_step("DATA", reply);  // 354 for nobody too: a dot here would be an empty mail
}

void Transaction::on_content_sent()
{
    is_content_sent_ = true;
    if (!terms_.is_lmtp) return due_.push_back({Due::What::end});
    for (std::size_t i = 0; i < recipients_.size(); ++i)
        if (recipients_[i].is_accepted && !recipients_[i].verdict)
            due_.push_back({Due::What::end, i});
}

void Transaction::on_refused_amid(const Reply& reply)
{
    if (reply.is_permanent() || reply.is_transient())
        judge_all(kind_of(reply), said("the content", reply));
    on_lost(said("the content", reply) + " before its end");
}

void Transaction::on_end(const Due& due, const Reply& reply)
{
    if (reply.code / 100 == 3) return out_of_step("the content", reply);
    if (reply.is_positive()) acceptance_ = text_of(reply);
    const OutcomeKind kind = kind_of(reply);
    const std::string reason = kind == OutcomeKind::delivered ? "" : said("the content", reply);
    if (!terms_.is_lmtp) return judge_all(kind, reason);
    Recipient& recipient = recipients_[due.recipient];
    recipient.verdict = Verdict{recipient.address, kind, reason};
}

/// Between groups: is there anybody left to send to?
void Transaction::finish_group()
{
    if (!has_open()) unsent_.clear();
    prepare();
}

bool Transaction::has_open() const
{
    return std::any_of(recipients_.begin(), recipients_.end(),
                       [](const Recipient& r) { return !r.verdict; });
}

bool Transaction::has_accepted() const
{
    return std::any_of(recipients_.begin(), recipients_.end(),
                       [](const Recipient& r) { return r.is_accepted && !r.verdict; });
}

std::string Transaction::text_of(const Reply& reply) const
{
    std::string text = reply.text();
    if (terms_.unspoken != nullptr) terms_.unspoken->mask(text);
    return text;
}

std::string Transaction::said(const char* command, const Reply& reply) const
{
    const std::string to = command;
    return terms_.server + " said " + text_of(reply) + (to.empty() ? "" : " to " + to);
}

void Transaction::out_of_step(const char* command, const Reply& reply)
{
    on_lost(said(command, reply) + ": it is out of step");
}

void Transaction::on_lost(const std::string& reason)
{
    for (Recipient& recipient : recipients_) {
        if (recipient.verdict) continue;
        recipient.verdict = Verdict{recipient.address, OutcomeKind::deferred, reason};
        recipient.verdict->may_be_accepted = is_content_sent_ && recipient.is_accepted;
    }
    unsent_.clear();
    due_.clear();
    is_data_granted_ = false;
    is_in_step_ = false;
}

std::vector<Verdict> Transaction::verdicts() const
{
    std::vector<Verdict> verdicts;
    for (const Recipient& recipient : recipients_)
        verdicts.push_back(recipient.verdict.value_or(
            Verdict{recipient.address, OutcomeKind::deferred, "not tried"}));
    return verdicts;
}

}  // namespace postman::smtp
