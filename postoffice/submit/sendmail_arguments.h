/// The command line of sendmail(1), as its callers write it: flags in groups (`-ti`), values glued
/// or separate, recipients before and behind the flags, `--`. Pure.
#pragma once

#include <iosfwd>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/result.h"

namespace postoffice::submit
{

enum class Mode {
    deliver,    // -bm: a message on the standard input
    speak,      // -bs: SMTP on standard input and output
    list,       // -bp, mailq
    succeed,    // -bi, newaliases, -q30m: nothing to do
    verify,     // -bv
    run_queue,  // -q, -qI ID
    mail,       // postoffice mail: a body on the standard input, or the whole message
    help,
    version,
};
std::ostream& operator<<(std::ostream& out, Mode mode);

struct SendmailArguments {
    Mode mode = Mode::deliver;
    std::vector<std::string> recipients = {};
    bool takes_header_recipients = false;               // -t
    bool ignores_dots = false;                          // -i, -oi
    std::optional<std::string> sender = std::nullopt;   // -f; empty: the null sender
    std::string full_name = {};                         // -F
    std::string queued_name = {};                       // -qI: that mail alone
    std::optional<std::string> subject = std::nullopt;  // mail -s
    std::map<std::string, std::string> settings = {};   // "queue": "/var/…"; a switch is "true"
    std::string config_file = {};                       // --config, -C

    bool operator==(const SendmailArguments&) const = default;
};

inline constexpr std::size_t kMaxArguments = 100'000;

/// program    "sendmail", "mailq" (-bp), "newaliases" (-bi) or "mail" (which takes -s SUBJECT and
///            --fix-sender, too); another is as sendmail
/// arguments  those behind the program's name
/// errors     malformed: a line for people (exit 64)
[[nodiscard]] mail::Result<SendmailArguments> parse_sendmail_arguments(
    std::string_view program, std::span<const std::string> arguments);

}  // namespace postoffice::submit
