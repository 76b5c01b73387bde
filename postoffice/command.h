/// One command line in, verb and arguments out (RFC 5321 4.1). Pure.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "postoffice/reply.h"

namespace postoffice
{

enum class Verb {
    helo,
    ehlo,
    mail,
    rcpt,
    data,
    rset,
    noop,
    quit,
    vrfy,
    expn,
    help,
    starttls,
    auth,
    bdat,
    unknown
};

/// The verb's name for logs, in lower case.
std::string_view name_of(Verb verb);
std::ostream& operator<<(std::ostream& out, Verb verb);

struct Command {
    Verb verb = Verb::unknown;
    std::string_view argument;  // without the spaces around it; a view into the line
};

/// `line` comes without its CR LF. Never fails: what is no command is Verb::unknown.
[[nodiscard]] Command parse_command(std::string_view line);

/// The argument of MAIL.
struct MailArgument {
    std::string reverse_path;  // empty: the null sender, <> or <#@[]>
    std::optional<std::uint64_t>
        declared_size;  // SIZE= (RFC 1870); all ones where it has more digits than that
    bool smtputf8 = false;
};

/// A value, or the reply that says what is wrong with the argument.
template <class T>
using Parsed = std::variant<T, Reply>;

/// "FROM:<a@b> SIZE=1 BODY=8BITMIME SMTPUTF8"
[[nodiscard]] Parsed<MailArgument> parse_mail(std::string_view argument);

/// "TO:<a@b>" -> the forward-path without <>. RCPT has no parameters here.
/// smtputf8  whether MAIL said so: without it a non-ASCII address is 553 5.6.7 (RFC 6531 3.5)
[[nodiscard]] Parsed<std::string> parse_rcpt(std::string_view argument, bool smtputf8);

}  // namespace postoffice
