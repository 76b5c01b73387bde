/// One mail over a connection that is signed on: MAIL, RCPT, DATA, the content, and what the server
/// said of each recipient (RFC 5321 3.3; LMTP's reply for each, RFC 2033 4.2). A machine: replies
/// in, commands out; no socket, no clock.
///
/// Nothing counts as accepted but the server's own 2xx after the final dot. Whatever is out of step
/// ends the connection, and the recipients are tried again.
#pragma once

#include <cstddef>
#include <deque>
#include <iosfwd>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/spool/record.h"
#include "postman/delivery_backend.h"
#include "postman/smtp/capabilities.h"
#include "postman/smtp/reply.h"
#include "postman/smtp/unspoken.h"

namespace postman::smtp
{

class Transaction
{
public:
    struct Terms {
        std::string server;  // for reasons: "mx.example:587"
        Capabilities capabilities;
        bool is_lmtp = false;
        bool resets_first = false;  // another mail went over this connection before
        /// What no reason shows, should the server say it; may be null, else it outlives the
        /// machine.
        const Unspoken* unspoken = nullptr;
    };
    enum class Need {
        reply,    // send take_output(), then on_reply()
        content,  // send it through DataWriter, then on_content_sent()
        done,     // verdicts(), broken(), left_over(), is_in_step() say how it went
    };
    static constexpr std::size_t kCommandsAtOnce = 100;  // of a pipelined group (RFC 2920 3.1)

    /// record  must outlive the machine
    Transaction(const mail::Record& record, const std::vector<std::string>& recipients,
                Terms terms);

    Need need() const;
    /// Commands to be sent now; may be empty while further replies of a group are due.
    [[nodiscard]] std::string take_output();
    void on_reply(const Reply& reply);
    /// The last octet is on its way: from here on, silence means that nobody knows.
    void on_content_sent();
    /// The server did not wait for the content's end to refuse it.
    void on_refused_amid(const Reply& reply);
    /// The connection is of no use any more: cut, late, not SMTP. `reason` is for people.
    void on_lost(const std::string& reason);

    /// One for each recipient, when done; those of left_over() among them.
    std::vector<Verdict> verdicts() const;
    /// The server wants something else before it takes any mail at all.
    const std::optional<Broken>& broken() const { return broken_; }
    /// Recipients that the server wants in a mail of their own (RFC 5321 4.5.3.1.10), and it took
    /// others: try these at once.
    const std::vector<std::string>& left_over() const { return left_over_; }
    /// The connection may carry another mail.
    bool is_in_step() const { return is_in_step_; }
    /// Nothing of this mail was answered, but for RSET and a 421: another connection may be tried
    /// at once.
    bool is_untouched() const { return is_untouched_; }
    /// The server's reply to the content: "250 2.0.0 Ok: queued as 4F1…". Empty without one.
    const std::string& acceptance() const { return acceptance_; }

private:
    struct Recipient {
        std::string address;
        bool is_accepted = false;  // by RCPT
        std::optional<Verdict> verdict = std::nullopt;
    };
    struct Due {
        enum class What { rset, mail, rcpt, data, end } what;
        std::size_t recipient = 0;  // of rcpt, and of end with LMTP
    };

    void judge_beforehand();
    void judge_all(mail::OutcomeKind kind, const std::string& reason);
    void prepare();
    void queue(Due due) { unsent_.push_back(due); }
    std::string command_of(const Due& due) const;
    std::string mail_command() const;
    bool needs_smtputf8() const;

    void on_due(const Due& due, const Reply& reply);
    void on_mail(const Reply& reply);
    void on_rcpt(Recipient& recipient, const Reply& reply);
    void on_data(const Reply& reply);
    void on_end(const Due& due, const Reply& reply);
    void out_of_step(const char* command, const Reply& reply);
    void finish_group();
    bool has_open() const;
    bool has_accepted() const;
    std::string text_of(const Reply& reply) const;
    std::string said(const char* command, const Reply& reply) const;

    const mail::Record& record_;
    const Terms terms_;
    const bool is_eight_bit_;
    std::vector<Recipient> recipients_;
    std::deque<Due> unsent_;
    std::deque<Due> due_;  // sent, and their replies have not come
    std::string output_;
    std::optional<Broken> broken_;
    std::vector<std::string> left_over_;
    std::string acceptance_;
    bool is_data_granted_ = false;
    bool is_content_sent_ = false;
    bool is_in_step_ = true;
    bool is_untouched_ = true;
};
std::ostream& operator<<(std::ostream& out, Transaction::Need need);

/// What a path of RFC 5321 cannot hold: a bare space, `<` or `>`, an open quote. Empty: sound.
[[nodiscard]] std::string path_fault(std::string_view address);

}  // namespace postman::smtp
