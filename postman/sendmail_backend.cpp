#include "postman/sendmail_backend.h"

#include <unistd.h>

#include <algorithm>

#include "common/line_ends.h"
#include "postman/sysexits.h"

namespace postman
{
namespace
{

/// Far under Linux's 2 MiB, and within what a small stack limit leaves.
constexpr std::size_t kMaxArgumentBytes = 96 * 1024;

/// Its last words say the most: without empty lines, in one line.
std::string in_one_line(std::string_view words)
{
    std::string text;
    for (const char c : words) {
        const bool is_break = c == '\n' || c == '\r' || c == '\t';
        if (!is_break)
            text += c;
        else if (!text.empty() && text.back() != ' ')
            text += ' ';
    }
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

DeliveryBackend::Deadline now()
{
    return std::chrono::steady_clock::now();
}

std::string with_words(std::string what, const ProcessEnd& end)
{
    const std::string words = in_one_line(end.words);
    return words.empty() ? what : what + ": " + words;
}

}  // namespace

SendmailBackend::SendmailBackend(std::string path, std::chrono::seconds timeout)
    : path_(std::move(path)), timeout_(timeout)
{
}

std::optional<Broken> SendmailBackend::check()
{
    if (::access(path_.c_str(), X_OK) == 0) return std::nullopt;
    return Broken{"cannot run " + path_ + ": no such program, or not allowed"};
}

std::vector<std::string> sendmail_arguments(const std::string& path, const std::string& sender,
                                            const std::vector<std::string>& recipients)
{
    std::vector<std::string> arguments = {path, "-i", "-f", sender.empty() ? "<>" : sender, "--"};
    arguments.insert(arguments.end(), recipients.begin(), recipients.end());
    return arguments;
}

std::variant<Verdict, Broken> judge_sendmail(const ProcessEnd& end, std::chrono::seconds timeout)
{
    using mail::OutcomeKind;
    const bool may_be_accepted = end.has_taken_all;
    if (end.how == ProcessEnd::How::timed_out)
        return Verdict{.kind = OutcomeKind::deferred,
                       .reason = with_words(
                           "no end within " + std::to_string(timeout.count()) + " s, killed", end),
                       .may_be_accepted = may_be_accepted};
    if (end.how == ProcessEnd::How::signalled)
        return Verdict{.kind = OutcomeKind::deferred,
                       .reason = with_words("ended by signal " + std::to_string(end.code), end),
                       .may_be_accepted = may_be_accepted};
    if (end.how == ProcessEnd::How::not_fed)
        return Verdict{.kind = OutcomeKind::deferred,
                       .reason = with_words("the mail could not be written to it, killed", end)};
    const std::string reason = with_words(describe_exit(end.code), end);
    switch (meaning_of_exit(end.code)) {
        case ExitMeaning::delivered:
            if (end.has_taken_all) return Verdict{.kind = OutcomeKind::delivered};
            return Verdict{.kind = OutcomeKind::deferred,
                           .reason = with_words("it ended before it had read the whole mail", end)};
        case ExitMeaning::failed:
            return Verdict{.kind = OutcomeKind::failed, .reason = reason};
        case ExitMeaning::deferred:
            return Verdict{.kind = OutcomeKind::deferred, .reason = reason};
        case ExitMeaning::broken:
            break;
    }
    return Broken{reason};
}

std::variant<Verdict, Broken> SendmailBackend::deliver_to(const mail::Record& record,
                                                          const std::string& text,
                                                          std::vector<std::string> recipients,
                                                          Deadline deadline) const
{
    const auto left = std::chrono::ceil<std::chrono::seconds>(deadline - now());
    if (left.count() <= 0) return Verdict{.reason = "no time is left for it", .is_untried = true};
    const auto end = run_process(
        {.path = path_,
         .arguments = sendmail_arguments(path_, record.envelope.reverse_path, recipients),
         .input = text,
         .timeout = left});
    if (end) return judge_sendmail(*end, left);
    if (end.error().kind == mail::ErrorKind::temporary)
        return Verdict{.kind = mail::OutcomeKind::deferred, .reason = end.error().describe()};
    return Broken{end.error().describe()};
}

std::variant<std::vector<Verdict>, Broken> SendmailBackend::deliver_until(
    const mail::Record& record, const std::vector<std::string>& recipients, Deadline deadline)
{
    deadline = std::min(deadline, now() + timeout_);
    const std::string text = mail::with_lf_line_ends(record.content);
    std::vector<Verdict> verdicts;
    for (auto first = recipients.begin(); first != recipients.end();) {
        std::size_t bytes = 0;
        const auto last = std::find_if(first, recipients.end(), [&](const std::string& recipient) {
            return (bytes += recipient.size() + 1 + sizeof(char*)) > kMaxArgumentBytes;
        });
        const std::vector<std::string> group(first, last);
        auto answer = deliver_to(record, text, group, deadline);
        if (auto* broken = std::get_if<Broken>(&answer)) {
            // Earlier groups were accepted: that must be told. The rest is tried again.
            if (verdicts.empty()) return std::move(*broken);
            answer = Verdict{.kind = mail::OutcomeKind::deferred, .reason = broken->reason};
        }
        Verdict verdict = std::get<Verdict>(std::move(answer));
        for (const std::string& recipient : group) {
            verdict.recipient = recipient;
            verdicts.push_back(verdict);
        }
        first = last;
    }
    return verdicts;
}

}  // namespace postman
