#include "common/base64.h"
#include "tests/gate/bad_mails.h"

namespace mail::test
{
namespace
{

std::string mail_with_fields(const std::string& fields)
{
    return "From: Shop <orders@shop.example>\r\n" + fields + "\r\nGood morning.\r\n";
}

std::string numbered(std::string_view before, std::string_view after, std::size_t times)
{
    std::string all;
    for (std::size_t i = 0; i < times; ++i) {
        all += before;
        all += std::to_string(i);
        all += after;
    }
    return all;
}

std::string in_subject(const std::string& text)
{
    return mail_with_fields("Subject: " + text + "\r\n");
}

/// A megabyte that is no text: each octet from a small generator.
std::string noise(std::size_t size)
{
    std::string octets(size, '\0');
    std::uint32_t state = 1;
    for (auto& octet : octets) {
        state = state * 1664525 + 1013904223;
        octet = static_cast<char>(state >> 24);
    }
    return octets;
}

std::string hex_of(const std::string& octets)
{
    std::string text;
    for (const unsigned char octet : octets) {
        text += "0123456789abcdef"[octet >> 4];
        text += "0123456789abcdef"[octet & 15];
    }
    return text;
}

std::string parameter_pieces(std::size_t count, std::size_t step)
{
    std::string field = "Content-Type: text/plain";
    for (std::size_t i = 0; i < count; ++i)
        field += ";\r\n name*" + std::to_string(i * step) + "*=%41%3d";
    return mail_with_fields(field + "\r\n");
}

}  // namespace

std::vector<BadMail> bad_headers()
{
    return {
        {"100,000 fields",
         [] { return mail_with_fields(numbered("X-Tag: value ", "\r\n", 100'000)); }},
        {"100,000 trace fields",
         [] {
             return mail_with_fields(numbered("Received: from web by relay; id ", "\r\n", 100'000));
         }},
        {"100,000 fields of encoded words",
         [] { return mail_with_fields(numbered("X-Tag: =?utf-8?B?", "AAAA?=\r\n", 100'000)); }},
        {"100,000 fields of one base64 token",
         [] {
             return mail_with_fields(numbered("X-Tag: ", "QUJDREVGR0hJSktMTU5PUFFS\r\n", 100'000));
         }},
        {"100,000 signatures",
         [] {
             return mail_with_fields(
                 numbered("DKIM-Signature: v=1; h=From:To; b=", "\r\n", 100'000));
         }},
        {"100,000 Content-Types",
         [] {
             return mail_with_fields(
                 numbered("Content-Type: multipart/mixed; boundary=b", "\r\n", 100'000));
         }},
        {"one field of 10 MB", [] { return in_subject(repeated("word and ", 1'100'000)); }},
        {"one field of 300,000 folded lines",
         [] { return in_subject(repeated("a line\r\n ", 300'000)); }},
        {"a field's name of 5 MB",
         [] { return mail_with_fields(repeated("X-Name", 800'000) + ": a\r\n"); }},
        {"an encoded word of 1 MB",
         [] { return in_subject("=?utf-8?B?" + base64_encode(noise(800'000)) + "?="); }},
        {"an encoded word of 1 MB, Q",
         [] { return in_subject("=?utf-16?Q?" + repeated("=4A", 350'000) + "?="); }},
        {"100,000 encoded words",
         [] { return in_subject(repeated("=?utf-8?Q?=C3?=\r\n =?utf-8?B?nw==?= ", 50'000)); }},
        {"100,000 encoded words of as many charsets",
         [] { return in_subject(numbered("=?x-charset-", "?Q?=41?= ", 100'000)); }},
        {"words in charsets that shift",
         [] { return in_subject(repeated("=?iso-2022-jp?Q?=1B$B$?= =?utf-7?Q?+AD?= ", 50'000)); }},
        {"encoded words without end", [] { return in_subject(repeated("=?utf-8?Q?", 300'000)); }},
        {"question marks", [] { return in_subject(repeated("=?", 1'500'000)); }},
        {"a base64 token of 5 MB", [] { return in_subject(base64_encode(noise(4'000'000))); }},
        {"a hexadecimal token of 5 MB", [] { return in_subject(hex_of(noise(2'500'000))); }},
        {"100,000 tokens in one field",
         [] {
             return in_subject(
                 repeated("QUJDREVGR0hJSktMTU5PUFFS 4142434445464748494a4b4c ", 50'000));
         }},
        {"100,000 pieces of a parameter", [] { return parameter_pieces(100'000, 1); }},
        {"pieces with numbers without end",
         [] { return parameter_pieces(50'000, 429'496'729'600); }},
        {"a boundary of 1 MB",
         [] {
             return mail_with_fields("Content-Type: multipart/mixed; boundary=\"" +
                                     repeated("b", 1'000'000) + "\"\r\n");
         }},
        {"a parameter without its end",
         [] {
             return mail_with_fields("Content-Type: text/plain; name=\"" +
                                     repeated("\\", 2'000'000) + "\r\n");
         }},
        {"100,000 addresses",
         [] {
             return mail_with_fields(
                 "To: " + numbered("Ann Lee <ann", "@web1.internal.invalid>,\r\n ", 100'000) +
                 "a@b.example\r\n");
         }},
        {"comments 100,000 deep",
         [] {
             return mail_with_fields("From: " + repeated("(", 100'000) + "a" +
                                     repeated(")", 100'000) + " <a@b.example>\r\n");
         }},
        {"comments without end",
         [] { return mail_with_fields("To: a@b.example " + repeated("(a\\(", 500'000) + "\r\n"); }},
        {"groups in groups",
         [] {
             return mail_with_fields("To: " + repeated("group: a@b.example, ", 100'000) + ";\r\n");
         }},
        {"quotes without end",
         [] { return mail_with_fields("From: " + repeated("\"", 1'000'001) + "\r\n"); }},
        {"angles without end",
         [] { return mail_with_fields("Sender: " + repeated("<", 1'000'000) + "\r\n"); }},
        {"References of 1 MB",
         [] {
             return mail_with_fields("References: " + numbered("<", "@localhost>\r\n ", 50'000) +
                                     "<a@b.example>\r\n");
         }},
        {"a Message-ID of 1 MB",
         [] {
             return mail_with_fields("Message-ID: <" + repeated("a.", 500'000) + "@localhost>\r\n");
         }},
        {"a header without end",
         [] { return repeated("Subject: never an empty line\r\n", 300'000); }},
        {"no line end at all", [] { return repeated("Subject: ", 1'000'000); }},
        {"mbox lines",
         [] { return repeated("From a@web1 Fri Nov 20 08:00:00 2026\r\n", 200'000); }},
        {"headers that go on behind mbox lines",
         [] {
             return repeated("Received: a\r\nFrom a@web1 Fri Nov 20 08:00:00 2026\r\n", 50'000);
         }},
        {"signatures behind mbox lines",
         [] {
             return repeated("From x\r\nDKIM-Signature: h=received\r\nReceived: a\r\n", 20'000);
         }},
        {"other names behind mbox lines, each with a signature",
         [] {
             return numbered("From x\r\nDKIM-Signature: h=x-php-0\r\nX-PHP-", ": a\r\n", 20'000);
         }},
        {"31 MB of identifiers that stay",
         [] {
             const auto field = "References: " + repeated("<a@b.cd>", 130'000) + "\r\n";
             return mail_with_fields(repeated(field, 31));
         }},
        {"500,000 short words in a charset that is slow to open",
         [] { return mail_with_fields(repeated("X-A:=?euc-jp?Q?a?=\r\n", 500'000)); }},
    };
}

}  // namespace mail::test
