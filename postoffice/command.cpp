#include "postoffice/command.h"

#include <charconv>
#include <limits>
#include <ostream>

#include "common/privacy/message_view.h"
#include "common/spool/record.h"
#include "postoffice/path.h"

namespace postoffice
{
namespace
{

using mail::privacy::equals_ignoring_case;

struct VerbName {
    std::string_view name;
    Verb verb;
};

// clang-format off
constexpr VerbName kVerbs[] = {
    {"helo", Verb::helo}, {"ehlo", Verb::ehlo}, {"mail", Verb::mail}, {"rcpt", Verb::rcpt},
    {"data", Verb::data}, {"rset", Verb::rset}, {"noop", Verb::noop}, {"quit", Verb::quit},
    {"vrfy", Verb::vrfy}, {"expn", Verb::expn}, {"help", Verb::help}, {"starttls", Verb::starttls},
    {"auth", Verb::auth}, {"bdat", Verb::bdat},
};
// clang-format on

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return text;
}

struct Parameter {
    std::string_view keyword;
    std::optional<std::string_view> value;
};

// Cuts the next esmtp-param off `text` (RFC 5321 4.1.2), which starts without spaces.
Parameter next_parameter(std::string_view& text)
{
    const std::string_view word = text.substr(0, text.find(' '));
    text = trimmed(text.substr(word.size()));
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) return {word, std::nullopt};
    return {word.substr(0, equals), word.substr(equals + 1)};
}

Reply unknown_parameter()
{
    return {555, "5.5.4", "Parameter not recognized"};
}

std::optional<Reply> take_size(const Parameter& parameter, MailArgument& argument)
{
    const std::string_view digits = parameter.value.value_or("");
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    if (digits.empty() || end != digits.data() + digits.size())
        return replies::bad_argument("SIZE wants a number");
    argument.declared_size =
        error == std::errc() ? size : std::numeric_limits<std::uint64_t>::max();
    return std::nullopt;
}

std::optional<Reply> take_mail_parameter(const Parameter& parameter, MailArgument& argument)
{
    if (equals_ignoring_case(parameter.keyword, "SIZE")) return take_size(parameter, argument);
    if (equals_ignoring_case(parameter.keyword, "SMTPUTF8")) {
        if (parameter.value) return replies::bad_argument("SMTPUTF8 has no value");
        argument.smtputf8 = true;
        return std::nullopt;
    }
    if (equals_ignoring_case(parameter.keyword, "BODY")) {
        const std::string_view body = parameter.value.value_or("");
        if (equals_ignoring_case(body, "7BIT") || equals_ignoring_case(body, "8BITMIME"))
            return std::nullopt;
        return replies::bad_argument("BODY is 7BIT or 8BITMIME");
    }
    return unknown_parameter();
}

// What the two paths differ in when they are wrong (RFC 3463 3.2).
struct PathWords {
    std::string_view keyword;
    std::string_view enhanced;
    std::string_view usage;
};
constexpr PathWords kReverse{"FROM:", "5.1.7", "Syntax: MAIL FROM:<address>"};
constexpr PathWords kForward{"TO:", "5.1.3", "Syntax: RCPT TO:<address>"};

Reply reply_for_fault(PathFault fault, const PathWords& words)
{
    switch (fault) {
        case PathFault::control:
            return {501, "5.1.3", "Control character in an address"};
        case PathFault::too_long:
            return {501, words.enhanced, "Address too long"};
        case PathFault::syntax:
            break;
    }
    return {501, words.enhanced, "Bad address syntax"};
}

Parsed<Path> parse_keyword_and_path(std::string_view argument, const PathWords& words)
{
    if (!equals_ignoring_case(argument.substr(0, words.keyword.size()), words.keyword))
        return replies::bad_argument(std::string(words.usage));
    auto parsed = parse_path(trimmed(argument.substr(words.keyword.size())));
    if (const auto* fault = std::get_if<PathFault>(&parsed)) return reply_for_fault(*fault, words);
    Path& path = std::get<Path>(parsed);
    if (!path.rest.empty() && path.rest.front() != ' ')
        return reply_for_fault(PathFault::syntax, words);
    path.rest = trimmed(path.rest);
    return std::move(path);
}

std::optional<Reply> check_charset(const Path& path, bool smtputf8, const PathWords& words)
{
    if (path.is_ascii) return std::nullopt;
    if (!smtputf8) return Reply{553, "5.6.7", "A non-ASCII address needs SMTPUTF8"};
    if (!mail::is_utf8(path.mailbox)) return reply_for_fault(PathFault::syntax, words);
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Verb verb)
{
    for (const VerbName& row : kVerbs)
        if (row.verb == verb) return row.name;
    return "unknown";
}

std::ostream& operator<<(std::ostream& out, Verb verb)
{
    return out << name_of(verb);
}

Command parse_command(std::string_view line)
{
    const auto space = line.find(' ');
    const std::string_view word = line.substr(0, space);
    const std::string_view rest =
        space == std::string_view::npos ? std::string_view() : line.substr(space);
    for (const VerbName& row : kVerbs)
        if (equals_ignoring_case(row.name, word)) return {row.verb, trimmed(rest)};
    return {Verb::unknown, line};
}

Parsed<MailArgument> parse_mail(std::string_view argument)
{
    auto parsed = parse_keyword_and_path(argument, kReverse);
    if (auto* reply = std::get_if<Reply>(&parsed)) return std::move(*reply);
    Path& path = std::get<Path>(parsed);

    MailArgument result;
    std::string_view parameters = path.rest;
    while (!parameters.empty())
        if (auto reply = take_mail_parameter(next_parameter(parameters), result))
            return std::move(*reply);
    if (auto reply = check_charset(path, result.smtputf8, kReverse)) return std::move(*reply);
    if (path.mailbox != "#@[]") result.reverse_path = std::move(path.mailbox);
    return result;
}

Parsed<std::string> parse_rcpt(std::string_view argument, bool smtputf8)
{
    auto parsed = parse_keyword_and_path(argument, kForward);
    if (auto* reply = std::get_if<Reply>(&parsed)) return std::move(*reply);
    Path& path = std::get<Path>(parsed);
    if (path.mailbox.empty() || path.mailbox == "#@[]")
        return reply_for_fault(PathFault::syntax, kForward);
    if (!path.rest.empty()) return unknown_parameter();
    if (auto reply = check_charset(path, smtputf8, kForward)) return std::move(*reply);
    return std::move(path.mailbox);
}

}  // namespace postoffice
