#include "postoffice/submit/catcher_dialogue.h"

#include <algorithm>
#include <ostream>
#include <utility>

namespace postoffice::submit
{
namespace
{

using mail::smtp::Reply;

constexpr int kHasNoRoom = 552;
constexpr int kIsClosing = 421;
constexpr int kTooManyRecipients = 452;  // with 4.5.3 (RFC 5321 4.5.3.1.10)
constexpr std::string_view kQueuedAs = "queued as ";

bool is_eight_bit(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// "250 2.0.0 Ok: queued as 0190…" -> the id; else nothing.
std::string id_in(const Reply& reply)
{
    const std::string text = reply.text();
    const auto at = text.find(kQueuedAs);
    if (at == std::string::npos) return {};
    return text.substr(at + kQueuedAs.size(),
                       text.find_first_not_of("0123456789abcdefABCDEF", at + kQueuedAs.size()) -
                           (at + kQueuedAs.size()));
}

}  // namespace

std::ostream& operator<<(std::ostream& out, CatcherDialogue::Need need)
{
    static constexpr const char* kNames[] = {"reply", "content", "done"};
    return out << kNames[static_cast<int>(need)];
}

int exit_code_of(const Reply& refusal, bool is_of_recipient)
{
    const std::string_view enhanced = refusal.enhanced();
    if (refusal.code == kHasNoRoom || enhanced == "5.3.4") return mail::kExitData;
    if (is_of_recipient && enhanced == "5.1.2") return kExitNoHost;
    const int code = refusal.code;
    if (is_of_recipient && (code == 550 || code == 551 || code == 553 || code == 501))
        return kExitNoUser;
    if (code == 501 || code == 553 || code == 554 || code == 555) return mail::kExitData;
    return mail::kExitUnavailable;
}

CatcherDialogue::CatcherDialogue(std::string server, const mail::Envelope& envelope,
                                 std::string_view content)
    : server_(std::move(server)), envelope_(envelope), content_(content)
{
}

std::string CatcherDialogue::take_output()
{
    return std::exchange(output_, {});
}

void CatcherDialogue::finish(Handover handover)
{
    if (need_ == Need::done) return;
    need_ = Need::done;
    handover_ = std::move(handover);
}

void CatcherDialogue::on_lost(const std::string& reason)
{
    Handover lost = Handover::put_off(server_ + ": " + reason);
    lost.may_have_arrived = step_ == Step::end;
    if (lost.may_have_arrived) lost.reason += "; the mail may have arrived";
    // Where it serves, a connection that breaks over one mail is no word about the next.
    lost.is_of_mail = step_ >= Step::mail;
    // As a catcher does that has heard too many errors.
    const bool is_refused = refused_ != 0 && refusal_.kind == Handover::Kind::refused;
    finish(is_refused ? refusal_ : std::move(lost));
}

void CatcherDialogue::on_content_sent()
{
    step_ = Step::end;
    need_ = Need::reply;
}

Handover CatcherDialogue::judged(const Reply& reply, const std::string& of) const
{
    const std::string reason = server_ + " said to " + of + ": " + reply.text();
    Handover judged = Handover::put_off(reason);
    judged.is_of_mail = reply.is_transient() && reply.code != kIsClosing;
    if (!reply.is_permanent()) return judged;
    return Handover::refused_with(reason, exit_code_of(reply, step_ == Step::recipient));
}

void CatcherDialogue::on_reply(const Reply& reply)
{
    switch (step_) {
        case Step::greeting:
            // A refusal here is of us, not of the mail: it may pass.
            if (!reply.is_positive())
                return finish(Handover::put_off(server_ + " greets with: " + reply.text()));
            step_ = Step::ehlo;
            return say("EHLO localhost");
        case Step::ehlo:
        case Step::helo:
            return on_hello(reply);
        case Step::mail:
            is_mail_refused_ = !reply.is_positive();
            if (is_mail_refused_) refusal_ = judged(reply, "MAIL");
            step_ = Step::recipient;
            if (is_mail_refused_ && sent_ == 0) {
                say("QUIT");
                return finish(refusal_);
            }
            if (sent_ == 0) send_group();
            return;
        case Step::recipient:
            return on_recipient(reply);
        case Step::data:
            return on_data(reply);
        case Step::content:
        case Step::end:
            return on_end(reply);
    }
}

void CatcherDialogue::on_hello(const Reply& reply)
{
    if (reply.is_permanent() && step_ == Step::ehlo) {
        step_ = Step::helo;
        return say("HELO localhost");
    }
    if (!reply.is_positive())
        return finish(Handover::put_off(server_ + " said to EHLO: " + reply.text()));
    if (step_ == Step::ehlo) offered_ = mail::smtp::parse_capabilities(reply);
    begin_mail();
}

void CatcherDialogue::begin_mail()
{
    if (envelope_.smtputf8 && !offered_.smtputf8)
        return finish(Handover::refused_with(
            server_ + " takes no addresses that are not ASCII (no SMTPUTF8)", mail::kExitData));
    if (offered_.max_bytes != 0 && content_.size() > offered_.max_bytes)
        return finish(Handover::refused_with("the message has " + std::to_string(content_.size()) +
                                                 " bytes, and " + server_ + " takes at most " +
                                                 std::to_string(offered_.max_bytes),
                                             mail::kExitData));
    step_ = Step::mail;
    say(mail_command());
    if (offered_.pipelining) send_group();
}

std::string CatcherDialogue::mail_command() const
{
    std::string command = "MAIL FROM:<" + envelope_.reverse_path + ">";
    if (offered_.size) command += " SIZE=" + std::to_string(content_.size());
    if (offered_.eight_bit_mime && is_eight_bit(content_)) command += " BODY=8BITMIME";
    if (envelope_.smtputf8) command += " SMTPUTF8";
    return command;
}

void CatcherDialogue::send_group()
{
    const std::size_t group = offered_.pipelining ? kRecipientsAtOnce : 1;
    const std::size_t last = std::min(envelope_.recipients.size(), sent_ + group);
    for (; sent_ < last; ++sent_) say("RCPT TO:<" + envelope_.recipients[sent_] + ">");
}

/// All or nothing: so those behind the last that fits make the mail one that never goes.
Handover CatcherDialogue::judged_recipient(const Reply& reply, const std::string& recipient) const
{
    Handover judgement = judged(reply, "<" + recipient + ">");
    const bool is_past_the_limit =
        reply.code == kTooManyRecipients && reply.enhanced() == "4.5.3" && answered_ - refused_ > 1;
    return is_past_the_limit ? Handover::refused_with(judgement.reason, mail::kExitData)
                             : judgement;
}

void CatcherDialogue::on_recipient(const Reply& reply)
{
    const std::string& recipient = envelope_.recipients[answered_++];
    if (!reply.is_positive() && !is_mail_refused_) {
        Handover judgement = judged_recipient(reply, recipient);
        // What may pass goes before what will not: the caller comes again, and hears the rest then.
        // But for 421, which follows upon many refusals.
        const bool is_worse = judgement.kind == Handover::Kind::not_now &&
                              refusal_.kind == Handover::Kind::refused && reply.code != kIsClosing;
        if (refused_++ == 0 || is_worse) refusal_ = std::move(judgement);
    }
    if (answered_ < sent_) return;
    if (is_mail_refused_ || refused_ != 0) {
        if (refused_ != 0 && envelope_.recipients.size() > 1)
            refusal_.reason += "; nothing was sent to the other recipients either";
        say("QUIT");
        return finish(refusal_);
    }
    if (sent_ < envelope_.recipients.size()) return send_group();
    step_ = Step::data;
    say("DATA");
}

void CatcherDialogue::on_data(const Reply& reply)
{
    if (reply.code / 100 != 3) {
        say("QUIT");
        return finish(judged(reply, "DATA"));
    }
    step_ = Step::content;
    need_ = Need::content;
}

void CatcherDialogue::on_end(const Reply& reply)
{
    const bool is_amid = step_ == Step::content;
    if (reply.is_positive() && is_amid)
        return finish(Handover::put_off(server_ + " is out of step: " + reply.text()));
    if (!is_amid) say("QUIT");
    if (reply.is_positive()) return finish(Handover::accepted_as(id_in(reply)));
    finish(judged(reply, "the message"));
}

}  // namespace postoffice::submit
