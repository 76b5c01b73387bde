/// Replies: a three-digit code (RFC 5321 4.2), an enhanced code (RFC 3463, RFC 2034), and words
/// that tell the client what to do and nothing about us: no path, no version, no host name but
/// --hostname.
///
/// 5xx is for the client's errors only. nullmailer turns any 5xx into a bounce of the whole mail,
/// so every trouble of our own is a 4xx: the client keeps the mail and comes again.
#pragma once

#include <string>
#include <string_view>

#include "common/result.h"

namespace postoffice
{

struct Reply {
    int code = 0;
    std::string_view enhanced;  // a literal; empty in the greeting, HELO, EHLO and 354
    std::string text;           // '\n' between the lines of a multi-line reply

    bool is_permanent() const { return code >= 500; }
    bool is_refusal() const { return code >= 400; }
    /// "250-first\r\n250 last\r\n"
    void append_to(std::string& wire) const;
};

/// What went wrong while storing -> what the client hears. Always 4xx: 452 4.3.1 where room or
/// descriptors ran out, 451 4.3.0 otherwise.
[[nodiscard]] Reply reply_for(const mail::Error& error);

namespace replies
{

inline Reply ok()
{
    return {250, "2.0.0", "Ok"};
}
inline Reply bad_syntax()
{
    return {500, "5.5.2", "Command not understood"};
}
inline Reply line_too_long()
{
    return {500, "5.5.2", "Line too long"};
}
inline Reply bare_line_feed()
{
    return {500, "5.5.2", "Lines end with CR LF"};
}
inline Reply unknown_verb()
{
    return {500, "5.5.1", "Command unknown"};
}
inline Reply bad_argument(std::string text)
{
    return {501, "5.5.4", std::move(text)};
}
inline Reply bad_sequence(std::string text)
{
    return {503, "5.5.1", std::move(text)};
}
inline Reply too_big()
{
    return {552, "5.3.4", "Message is larger than this server takes"};
}
inline Reply no_room()
{
    return {452, "4.3.1", "No room for mail now, try again later"};
}
inline Reply try_later()
{
    return {451, "4.3.0", "Not stored, try again later"};
}
inline Reply not_available()
{
    return {454, "4.7.0", "Not available here"};
}
/// RFC 3207 4 has 530 here, and on a 530 nullmailer bounces.
inline Reply wants_tls()
{
    return {451, "4.7.0", "Say STARTTLS first"};
}
/// RFC 4954 6 has 530.
inline Reply wants_identity()
{
    return {454, "4.7.0", "Say who you are first, inside TLS"};
}
inline Reply too_many_errors()
{
    return {421, "4.7.0", "Too many errors, closing"};
}
inline Reply too_many_logins()
{
    return {421, "4.7.0", "Too many wrong passwords, closing"};
}
inline Reply timed_out()
{
    return {421, "4.4.2", "Timed out, closing"};
}
inline Reply too_much_data()
{
    return {421, "4.3.4", "Far over the size limit, closing"};
}
inline Reply shutting_down()
{
    return {421, "4.3.2", "Going down, try again later"};
}
inline Reply too_many_connections()
{
    return {421, "4.3.2", "Too many connections, try again later"};
}
inline Reply too_many_of_peer()
{
    return {421, "4.7.0", "Too many connections from your host, try again later"};
}
inline Reply not_allowed()
{
    return {421, "4.7.0", "Not a host that may send here"};
}

}  // namespace replies
}  // namespace postoffice
