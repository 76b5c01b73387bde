/// The client's side of one SMTP transaction with the catcher (RFC 5321 3.3): replies in, commands
/// out; no socket, no clock.
///
/// All or nothing: the content goes only when every recipient was accepted, so a caller that hears
/// of a failure may send again without anybody getting the mail twice. Nothing counts as accepted
/// but the 2xx behind the final dot. It says `EHLO localhost`: no name of this host.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

#include "common/envelope.h"
#include "common/smtp/capabilities.h"
#include "common/smtp/reply.h"
#include "postoffice/submit/handover.h"

namespace postoffice::submit
{

class CatcherDialogue
{
public:
    enum class Need {
        reply,    // send take_output(), then on_reply()
        content,  // send it through DataWriter, then on_content_sent()
        done,     // send take_output(); handover() says how it went
    };
    static constexpr std::size_t kRecipientsAtOnce = 100;  // of a pipelined group (RFC 2920 3.1)

    /// server             for reasons: "127.0.0.1:12345"
    /// envelope, content  must outlive it; addresses that address_fault() takes
    CatcherDialogue(std::string server, const mail::Envelope& envelope, std::string_view content);

    Need need() const { return need_; }
    [[nodiscard]] std::string take_output();
    void on_reply(const mail::smtp::Reply& reply);
    /// The last octet is on its way: from here on, silence means that nobody knows.
    void on_content_sent();
    /// No more will come of it: cut, late, not SMTP.
    void on_lost(const std::string& reason);
    const Handover& handover() const { return handover_; }

private:
    enum class Step { greeting, ehlo, helo, mail, recipient, data, content, end };

    void on_hello(const mail::smtp::Reply& reply);
    void begin_mail();
    void send_group();
    void on_recipient(const mail::smtp::Reply& reply);
    void on_data(const mail::smtp::Reply& reply);
    void on_end(const mail::smtp::Reply& reply);
    void say(std::string_view line) { output_.append(line).append("\r\n"); }
    void finish(Handover handover);
    /// A refusal of this mail or of all: 4xx, 5xx, or a reply that makes no sense here.
    Handover judged(const mail::smtp::Reply& reply, const std::string& of) const;
    Handover judged_recipient(const mail::smtp::Reply& reply, const std::string& recipient) const;
    std::string mail_command() const;

    const std::string server_;
    const mail::Envelope& envelope_;
    const std::string_view content_;
    mail::smtp::Capabilities offered_;
    Need need_ = Need::reply;
    Step step_ = Step::greeting;
    std::string output_;
    std::size_t sent_ = 0;      // recipients whose RCPT went out
    std::size_t answered_ = 0;  // and came back
    std::size_t refused_ = 0;
    Handover refusal_;  // the first of a recipient, or of MAIL in a pipelined group
    bool is_mail_refused_ = false;
    Handover handover_;
};
std::ostream& operator<<(std::ostream& out, CatcherDialogue::Need need);

/// The code that tells the caller why (sysexits.h): 65 the message, 67 a recipient, 68 its domain,
/// 69 anything else.
[[nodiscard]] int exit_code_of(const mail::smtp::Reply& refusal, bool is_of_recipient);

}  // namespace postoffice::submit
