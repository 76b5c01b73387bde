#include "postoffice/submit/sendmail_main.h"

#include <syslog.h>

#include <csignal>
#include <iostream>

#include "common/clock.h"
#include "postoffice/submit/caller_world.h"
#include "postoffice/submit/mail_text.h"
#include "postoffice/submit/preparation.h"
#include "postoffice/submit/sendmail_arguments.h"
#include "postoffice/submit/smtp_on_stdin.h"

namespace postoffice::submit
{
namespace
{

using mail::ErrorKind;

bool is_our_name(std::string_view name)
{
    return name == "sendmail" || name == "mailq" || name == "newaliases";
}

/// One run: what was asked, and where to complain.
class Run
{
public:
    Run(std::string program, SendmailArguments arguments, Settings settings,
        const SendmailParts& parts)
        : program_(std::move(program)),
          arguments_(std::move(arguments)),
          settings_(std::move(settings)),
          parts_(parts)
    {
    }

    int run()
    {
        switch (arguments_.mode) {
            case Mode::list:
                return parts_.list_queue(settings_);
            case Mode::run_queue:
                return parts_.run_queue(settings_, arguments_.queued_name);
            case Mode::verify:
                return verify();
            case Mode::speak: {
                Submitter submitter(settings_, parts_.url_way);
                return speak_smtp(submitter, [this](const Handover& no) { complain(no); });
            }
            case Mode::mail:
                return send_mail();
            default:
                return deliver();
        }
    }

private:
    int complain(const std::string& reason, int code) const
    {
        std::cerr << program_ << ": " << reason << "\n";
        if (settings_.syslog) {
            ::openlog(program_.c_str(), LOG_PID, LOG_MAIL);
            ::syslog(LOG_ERR, "%s", reason.c_str());
        }
        return code;
    }

    int complain(const Handover& handover) const
    {
        const bool is_refused = handover.kind == Handover::Kind::refused;
        return complain((is_refused ? "not accepted: " : "not sent, and not kept: ") +
                            handover.reason + (is_refused ? "" : " (try again, or use --queue)"),
                        handover.exit_code);
    }

    int verify() const
    {
        int code = 0;
        if (arguments_.recipients.empty())
            return complain("-bv wants addresses to check", mail::kExitUsage);
        for (const std::string& given : arguments_.recipients) {
            const std::string address = qualified(given, settings_.domain);
            const std::string fault = address_fault(address);
            std::cout << address << "... "
                      << (fault.empty() ? "deliverable: the catcher takes every sound address"
                                        : "not deliverable: the address " + fault)
                      << "\n";
            if (!fault.empty()) code = kExitNoUser;
        }
        return code;
    }

    int deliver()
    {
        const auto text = read_input(arguments_.ignores_dots);
        return text ? submit(*text, user_name(false)) : unreadable(text.error());
    }

    int unreadable(const mail::Error& error) const
    {
        return complain(error.describe(),
                        error.kind == ErrorKind::refused ? mail::kExitData : mail::kExitInput);
    }

    int send_mail()
    {
        const bool has_key = !settings_.key_file.empty() || !settings_.key.empty();
        if (has_key && settings_.url.empty() && !settings_.to)
            return complain("GMAIL_PROXY_URL is not set. (Nor is --url, nor --to.)",
                            mail::kExitConfiguration);
        const auto text = read_input(true);
        if (!text) return unreadable(text.error());
        const std::string user = user_name(true);
        if (arguments_.recipients.empty()) return send_whole(*text, user);
        MailWords words{qualified(arguments_.sender.value_or(user), settings_.domain),
                        arguments_.recipients, arguments_.subject.value_or("")};
        if (words.from.empty()) words.from = qualified(user, settings_.domain);
        return submit(mail_text(words, *text), user);
    }

    /// As Exim's pipe calls it: the message on the standard input, the envelope in the environment.
    int send_whole(std::string text, const std::string& user)
    {
        if (text.empty())
            return complain(
                "nothing came in: without addresses the message is to come on the "
                "standard input",
                mail::kExitNoInput);
        const std::string recipient = environment("RECIPIENT").value_or("");
        arguments_.takes_header_recipients = recipient.empty();
        if (!recipient.empty()) {
            arguments_.recipients = {recipient};
            text = with_recipient(text, recipient);
            if (!arguments_.sender) arguments_.sender = environment("SENDER");
        }
        return submit(text, user);
    }

    int submit(std::string_view text, const std::string& user)
    {
        const auto record =
            prepared_mail(text, arguments_, {user, settings_.domain}, mail::system_clock().wall());
        if (!record)
            return complain(record.error().step, record.error().kind == ErrorKind::refused
                                                     ? mail::kExitUsage
                                                     : mail::kExitData);
        Submitter submitter(settings_, parts_.url_way);
        const Handover handover = submitter.submit_or_keep(*record);
        return handover.kind == Handover::Kind::accepted ? 0 : complain(handover);
    }

    std::string program_;
    SendmailArguments arguments_;
    Settings settings_;
    const SendmailParts& parts_;
};

bool is_for_large_program(Mode mode)
{
    return mode == Mode::list || mode == Mode::run_queue || mode == Mode::help ||
           mode == Mode::version;
}

int fail(const std::string& program, const mail::Error& error, int otherwise)
{
    std::cerr << program << ": " << error.describe() << "\n";
    return error.kind == ErrorKind::malformed ? mail::kExitUsage : otherwise;
}

}  // namespace

std::optional<SendmailCall> sendmail_call(int argc, char** argv)
{
    if (argc < 1) return std::nullopt;
    std::string_view name = argv[0];
    name.remove_prefix(name.rfind('/') == name.npos ? 0 : name.rfind('/') + 1);
    if (is_our_name(name)) return SendmailCall{std::string(name), {argv + 1, argv + argc}};
    if (argc < 2) return std::nullopt;
    const std::string_view first = argv[1];
    if (!is_our_name(first) && first != "mail") return std::nullopt;
    return SendmailCall{std::string(first), {argv + 2, argv + argc}};
}

bool asks_for_help(const SendmailCall& call)
{
    const auto arguments = parse_sendmail_arguments(call.program, call.arguments);
    return arguments && arguments->mode == Mode::help;
}

int run_sendmail(const SendmailCall& call, const SendmailParts& parts)
{
    // A connection that is gone and a full file-size limit are errors to tell, no reasons to die.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    auto arguments = parse_sendmail_arguments(call.program, call.arguments);
    if (!arguments) return fail(call.program, arguments.error(), mail::kExitUsage);
    if (arguments->mode == Mode::succeed) return 0;
    if (parts.hand_on && is_for_large_program(arguments->mode)) return parts.hand_on(call);
    if (arguments->mode == Mode::version) return parts.print_version();
    auto settings = read_settings(*arguments);
    if (!settings) return fail(call.program, settings.error(), mail::kExitConfiguration);
    if (parts.hand_on && !settings->url.empty()) return parts.hand_on(call);
    return Run(call.program, std::move(*arguments), std::move(*settings), parts).run();
}

}  // namespace postoffice::submit
