#include "postoffice/submit/sendmail_flags.h"

#include <array>

namespace postoffice::submit
{
namespace
{

using Takes = Flag::Takes;

// clang-format off
constexpr Flag kFlags[] = {
    {'t', Takes::nothing, "", "recipients of To, Cc and Bcc, besides those given; Bcc is removed"},
    {'i', Takes::nothing, "", "a lone dot does not end the message (always so but on a terminal)"},
    {'f', Takes::value, "SENDER", "the envelope sender; <> for none; default: the header's"},
    {'r', Takes::value, "SENDER", "the same"},
    {'F', Takes::value, "NAME", "the full name in a From that is missing"},
    {'b', Takes::value, "MODE", "m: send a message (the default), s: speak SMTP, p: list the queue, "
                                "i: nothing, as newaliases, v: check addresses, a: as m"},
    {'q', Takes::glued_value, "", "send what waits in --queue; -qI ID: that mail alone"},
    {'B', Takes::value, "TYPE", "ignored: every octet is kept"},
    {'N', Takes::value, "DSN", "ignored"},
    {'R', Takes::value, "RETURN", "ignored"},
    {'V', Takes::value, "ID", "ignored"},
    {'o', Takes::value, "OPTION", "i: as -i; others are ignored"},
    {'O', Takes::value, "OPTION", "ignored"},
    {'S', Takes::value, "HOST:PORT", "as --to"},
    {'C', Takes::value, "FILE", "as --config; a directory is ignored"},
    {'A', Takes::value, "WORD", "ignored"},
    {'a', Takes::value, "WORD", "ignored"},
    {'D', Takes::value, "FILE", "ignored"},
    {'d', Takes::glued_value, "", "ignored"},
    {'e', Takes::value, "MODE", "ignored"},
    {'G', Takes::nothing, "", "ignored"},
    {'I', Takes::nothing, "", "as -bi"},
    {'L', Takes::value, "TAG", "ignored"},
    {'m', Takes::nothing, "", "ignored"},
    {'n', Takes::nothing, "", "ignored"},
    {'p', Takes::value, "PROTOCOL", "ignored"},
    {'U', Takes::nothing, "", "ignored"},
    {'v', Takes::nothing, "", "ignored"},
    {'X', Takes::value, "FILE", "ignored"},
    {'h', Takes::value, "N", "ignored"},
};

constexpr LongOption kLongOptions[] = {
    {"to", "SERVER", "unix:/PATH or HOST:PORT of the catcher; default: "
                     "unix:/run/postoffice/smtp.socket where it is, else 127.0.0.1:12345", true},
    {"url", "URL", "send by signed HTTP to this origin side instead", true},
    {"key-file", "FILE", "the key that signs for --url; its first line", true},
    {"ca", "FILE", "certificates that --url's may be signed by; default: the system's", true},
    {"queue", "DIR", "keep here what cannot go now, in nullmailer's format", true},
    {"spool", "DIR", "whose waiting mails -bp lists, too", true},
    {"domain", "NAME", "the public domain: of addresses without one, and of Message-IDs", true},
    {"syslog", "", "tell errors to syslog, facility mail, too", true},
    {"config", "FILE", "instead of /etc/postoffice/sendmail.conf", false},
    {"version", "", "the version, then exit", false},
};
// clang-format on

}  // namespace

std::span<const Flag> sendmail_flags()
{
    return kFlags;
}

const Flag* find_flag(char letter)
{
    for (const Flag& flag : kFlags)
        if (flag.letter == letter) return &flag;
    return nullptr;
}

std::span<const LongOption> long_options()
{
    return kLongOptions;
}

const LongOption* find_long_option(std::string_view name)
{
    for (const LongOption& option : kLongOptions)
        if (option.name == name) return &option;
    return nullptr;
}

}  // namespace postoffice::submit
