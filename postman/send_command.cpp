#include "postman/send_command.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>

#include "common/log.h"
#include "common/nullmailer/deferred_queue.h"
#include "postman/last_look.h"
#include "postman/make_backend.h"
#include "postman/round_log.h"
#include "postman/sysexits.h"

namespace postman
{
namespace
{

namespace log = mail::log;
using mail::Error;
using mail::ErrorKind;
using mail::OutcomeKind;

constexpr std::size_t kMaxMessageBytes = std::size_t{256} << 20;

/// errors  refused: over kMaxMessageBytes; temporary: it broke off
mail::Result<std::string> read_input()
{
    std::string text;
    char piece[65536];
    while (true) {
        const ssize_t got = ::read(STDIN_FILENO, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return Error{ErrorKind::temporary, "read the message", errno};
        if (got == 0) return text;
        text.append(piece, static_cast<std::size_t>(got));
        if (text.size() > kMaxMessageBytes)
            return Error{ErrorKind::refused, "the message is over 256 MiB"};
    }
}

int stopped(const std::string& reason, int code)
{
    log::error("not-sent", {{"reason", reason}});
    return code;
}

std::string listed(const std::vector<std::string>& recipients)
{
    std::string text;
    for (const std::string& recipient : recipients)
        text.append(text.empty() ? "" : ",").append(recipient);
    return text;
}

/// Addresses that could be taken for an option or a line of its own go nowhere.
std::string fault_in(const mail::Envelope& envelope)
{
    const std::string sender = address_fault(envelope.reverse_path);
    if (!sender.empty()) return "the sender " + sender;
    for (const std::string& recipient : envelope.recipients) {
        const std::string fault = recipient.empty() ? "is empty" : address_fault(recipient);
        if (!fault.empty()) return "a recipient " + fault;
    }
    return {};
}

/// What became of the recipients, sorted.
struct Fates {
    std::vector<std::string> delivered, deferred, refused;
};

/// With --unconfirmed hold nobody is sent a mail again that he may have: the caller is told.
void hold_if_unconfirmed(Verdict& verdict, Unconfirmed rule)
{
    if (rule != Unconfirmed::hold || !verdict.may_be_accepted ||
        verdict.kind != OutcomeKind::deferred)
        return;
    verdict.kind = OutcomeKind::held;
    verdict.reason += "; it may have arrived";
}

Fates sort_fates(const mail::Record& record, const std::vector<Verdict>& verdicts, Unconfirmed rule)
{
    Fates fates;
    for (const std::string& recipient : record.envelope.recipients) {
        Verdict verdict{.recipient = recipient, .reason = "the way out gave no verdict"};
        for (const Verdict& given : verdicts)
            if (given.recipient == recipient) verdict = given;
        hold_if_unconfirmed(verdict, rule);
        const log::Field id{"id", record.id.hex()}, to{"to", recipient};
        switch (verdict.kind) {
            case OutcomeKind::delivered:
                log::info("sent", {id, to});
                fates.delivered.push_back(recipient);
                break;
            case OutcomeKind::deferred:
                log::warning("deferred", {id, to, {"reason", verdict.reason}});
                fates.deferred.push_back(recipient);
                break;
            case OutcomeKind::failed:
            case OutcomeKind::held:
                log::error("refused", {id, to, {"reason", verdict.reason}});
                fates.refused.push_back(recipient);
        }
    }
    return fates;
}

/// What could not go now goes into the queue, or back to the caller.
int end_of(const mail::Record& record, const Fates& fates, const std::string& queue, int not_now)
{
    if (!fates.deferred.empty()) {
        if (queue.empty()) return not_now;
        const auto name = mail::nullmailer::put_into_queue(
            queue, record, fates.deferred, mail::system_files(), mail::system_clock());
        if (!name) return stopped(name.error().describe(), not_now);
        log::info("queued",
                  {{"id", record.id.hex()}, {"file", *name}, {"to", listed(fates.deferred)}});
    }
    return fates.refused.empty() ? 0 : mail::kExitData;
}

}  // namespace

CLI::App* SendCommand::declare(CLI::App& app)
{
    CLI::App* send = app.add_subcommand("send", "deliver the message on the standard input");
    send->add_option("RCPT", orders_.recipients, "whom to; without any: To, Cc and Bcc");
    sender_option_ = send->add_option("-f,-r,--from", orders_.sender,
                                      "the envelope sender; <> for none; default: the From");
    send->add_flag("-t", orders_.adds_header_recipients, "those of the header besides RCPT");
    send->add_option("-F", orders_.full_name, "the name in a From that is missing");
    send->add_option("--queue", queue_, "keep what cannot go now in this nullmailer queue")
        ->type_name("DIR");
    send->add_flag("-i", ignores_dots_, "ignored, as a lone dot never ends the message");
    send->add_option("-o,-B,-N,-R,-V", ignored_, "ignored, for those who call a sendmail");
    send->footer(
        "Exit: 0 sent (or kept in --queue), 65 refused, 66 nothing came in, 75 not now and kept\n"
        "nowhere, 78 the way out does not work. --deliver and --origin count here, too.");
    return send;
}

std::optional<std::string> SendCommand::fault() const
{
    const bool is_relative = !queue_.empty() && queue_.front() != '/';
    return is_relative ? std::optional<std::string>("--queue: wants an absolute path")
                       : std::nullopt;
}

int SendCommand::run(const PostmanOptions& options)
{
    const auto text = read_input();
    if (!text)
        return stopped(text.error().describe(), text.error().kind == ErrorKind::refused
                                                    ? mail::kExitData
                                                    : mail::kExitInput);
    if (text->empty()) return stopped("nothing came in", mail::kExitNoInput);
    orders_.has_sender = sender_option_->count() > 0;
    auto mail = mail::submitted_mail(*text, orders_, mail::system_clock().wall());
    if (!mail) return stopped(mail.error().step, mail::kExitData);
    mail::Record record = std::move(*mail);
    if (const std::string fault = fault_in(record.envelope); !fault.empty())
        return stopped(fault, mail::kExitUsage);

    const std::string shown = last_look(record, make_carry_rules(options, ""));
    if (!shown.empty()) return stopped(shown, mail::kExitData);
    record.content =
        mail::with_demanded_fields(record, orders_.full_name, mail::system_clock().wall());
    record.sha256 = mail::sha256_hex(record.content);

    const auto backend = make_backend(options);
    auto broken = backend->check();
    if (!broken) {
        auto answer = backend->deliver(record, record.envelope.recipients);
        if (const auto* verdicts = std::get_if<std::vector<Verdict>>(&answer))
            return end_of(record, sort_fates(record, *verdicts, options.chosen_unconfirmed()),
                          queue_, mail::kExitTemporary);
        broken = std::get<Broken>(std::move(answer));
    }
    log::error("delivery-broken", {{"via", backend->name()}, {"reason", broken->reason}});
    Fates all;
    all.deferred = record.envelope.recipients;
    return end_of(record, all, queue_, mail::kExitConfiguration);
}

}  // namespace postman
