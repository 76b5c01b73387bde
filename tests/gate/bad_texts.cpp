#include "common/base64.h"
#include "tests/gate/bad_mails.h"

namespace mail::test
{

std::string repeated(std::string_view text, std::size_t times)
{
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i) all += text;
    return all;
}

std::string mail_with_body(std::string_view type, std::string_view encoding, std::string_view body)
{
    std::string mail = "From: Shop <orders@shop.example>\r\nContent-Type: " + std::string(type);
    if (!encoding.empty()) mail += "\r\nContent-Transfer-Encoding: " + std::string(encoding);
    return mail + "\r\n\r\n" + std::string(body);
}

namespace
{

std::string plain(std::string_view text)
{
    return mail_with_body("text/plain; charset=utf-8", "8bit", text);
}

std::string html(std::string_view text)
{
    return mail_with_body("text/html; charset=utf-8", "8bit", text);
}

BadMail row(std::string name, std::string (*write)(std::string_view), std::string text,
            std::size_t times)
{
    return {std::move(name), [=] { return write(repeated(text, times)); }};
}

BadMail in_charset(const std::string& charset, const std::string& octets)
{
    return {"broken " + charset, [=] {
                return mail_with_body("text/plain; charset=" + charset, "binary",
                                      repeated(octets, 2'000'000 / octets.size())) +
                       "\xE2\x82";
            }};
}

}  // namespace

std::vector<BadMail> bad_texts()
{
    return {
        // For the readers of addresses and names.
        row("digits", plain, "7", 8'000'000),
        row("zeros", plain, "0", 8'000'000),
        row("ones and dots", plain, "1.", 4'000'000),
        row("tens and dots", plain, "10.0.0.", 1'000'000),
        row("colons", plain, ":", 8'000'000),
        row("groups without end", plain, "f:", 4'000'000),
        row("compressed groups without end", plain, "a::", 2'500'000),
        row("nibbles without end", plain, "a.0.", 2'000'000),
        row("ip6.arpa, over and over", plain, "1.2.3.4.ip6.arpa.", 500'000),
        row("hyphens and numbers", plain, "10-", 2'500'000),
        row("0x without end", plain, "0x0a.", 1'500'000),
        row("hexadecimal without end", plain, "0a000005", 1'000'000),
        row("a name of 8 MB", plain, "web1.", 1'600'000),
        row("one label of 8 MB", plain, "web1-", 1'600'000),
        row("punycode without end", plain, "xn--a", 1'600'000),
        row("punycode labels", plain, "xn--bcher-kva.", 500'000),
        row("punycode of 4 MB in one label", plain, "xn--abcdefghijklmnopqrstuvwxyz0123456789-",
            100'000),
        row("almost a host name", plain, "web1.internal.exampl", 400'000),
        row("as many hits as fit", plain, "web1.internal.example 10.0.0.5 ", 250'000),
        row("hits in base64", plain, "d2ViMS5pbnRlcm5hbC5leGFtcGxl ", 250'000),
        row("slashes", plain, "/srv/www/", 800'000),
        // For the decoders.
        row("percent signs", plain, "%", 8'000'000),
        row("percent of percent", plain, "%25", 2'500'000),
        row("ampersands", html, "&", 8'000'000),
        row("a reference of 8 MB", html, "&#0000000", 900'000),
        row("references to nothing", html, "&#x110000;&bogus;&#;", 400'000),
        row("open tags", html, "<", 8'000'000),
        row("a tag of 8 MB", html, "<a b='", 1'300'000),
        row("comments that do not close", html, "<!--", 2'000'000),
        row("scripts that do not close", html, "<script>", 1'000'000),
        row("words of one sign each", html, "w<b>", 2'000'000),
        row("uuencode that never ends", plain, "begin 644 a\r\n", 600'000),
        row("uuencode and no lines", plain, "begin 644 a\r\nM\r\nend\r\n", 400'000),
        row(
            "equals signs",
            [](std::string_view t) { return mail_with_body("text/plain", "quoted-printable", t); },
            "=", 8'000'000),
        row(
            "soft breaks",
            [](std::string_view t) { return mail_with_body("text/plain", "quoted-printable", t); },
            "=\r\n", 2'500'000),
        row(
            "spaces before a line's end",
            [](std::string_view t) { return mail_with_body("text/plain", "quoted-printable", t); },
            " ", 8'000'000),
        row(
            "base64 of padding",
            [](std::string_view t) { return mail_with_body("text/plain", "base64", t); }, "=",
            8'000'000),
        row(
            "base64 of nothing in it",
            [](std::string_view t) { return mail_with_body("text/plain", "base64", t); }, "!-",
            4'000'000),
        row(
            "base64, 32 MB in one line",
            [](std::string_view t) {
                return mail_with_body("text/html; charset=utf-16", "base64", t);
            },
            "QUJD", 8'000'000),
        row("empty lines", plain, "\r\n", 4'000'000),
        row("carriage returns", plain, "\r", 8'000'000),
        row("NUL", plain, std::string(1, '\0'), 8'000'000),
        in_charset("utf-8", "\xC3"),
        in_charset("utf-8", "\xF0\x9F\x92"),
        in_charset("utf-16", "\xD8"),
        in_charset("utf-32", "\xFF\xFE\x01"),
        in_charset("utf-7", "+AD"),
        in_charset("utf-7", "+"),
        in_charset("iso-2022-jp", "\x1B$B\x21"),
        in_charset("iso-2022-kr", "\x1B$)C\x0E"),
        in_charset("hz-gb-2312", "~{!"),
        in_charset("shift_jis", "\x81"),
        in_charset("gb18030", "\x81\x30"),
        in_charset("no-such-charset", "caf\xE9 "),
        in_charset("\"utf-8//TRANSLIT\"", "caf\xE9 "),
    };
}

}  // namespace mail::test
