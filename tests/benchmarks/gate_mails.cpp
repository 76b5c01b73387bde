#include "tests/benchmarks/gate_mails.h"

#include <array>
#include <random>
#include <string_view>

#include "common/base64.h"

namespace mail::bench
{
namespace
{

constexpr std::string_view kHeader =
    "Received: (nullmailer pid 812 invoked by uid 33);\r\n\tFri, 20 Nov 2026 08:00:00 -0000\r\n"
    "X-PHP-Originating-Script: 33:mailer.php\r\n"
    "From: =?utf-8?Q?B=C3=BCcherladen?= <orders@shop.example>\r\n"
    "To: Ann Lee <ann@customer.example>\r\n"
    "Subject: =?utf-8?Q?Ihre_Bestellung_4711_=E2=80=93_Danke!?=\r\n"
    "Date: Fri, 20 Nov 2026 08:00:00 +0000\r\n"
    "Message-ID: <1795156012.792292.24582.nullmailer@shop.example>\r\n"
    "In-Reply-To: <CAF+x1=7Qd0Lw@mail.customer.example>\r\n"
    "References: <CAF+x1=7Qd0Lw@mail.customer.example>\r\n <order-4710@shop.example>\r\n"
    "Reply-To: service@shop.example\r\n"
    "List-Unsubscribe: <https://www.shop.example/u/b7d1f0c4>, <mailto:u@shop.example>\r\n"
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    "Feedback-ID: 4711:news:shop\r\n"
    "X-Mailer: PHPMailer 6.8.0 (https://github.com/PHPMailer/PHPMailer)\r\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=s1; "
    "h=From:To:Subject;\r\n"
    "\tbh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=; b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSb\r\n"
    "\tav+yuU4zGeeruD00lszZVoG4ZHRNiYzR\r\n"
    "MIME-Version: 1.0\r\n";

constexpr std::array<std::string_view, 32> kWords = {"the",
                                                     "order",
                                                     "is",
                                                     "on",
                                                     "its",
                                                     "way",
                                                     "and",
                                                     "will",
                                                     "arrive",
                                                     "with",
                                                     "you",
                                                     "by",
                                                     "Friday,",
                                                     "2026-11-24.",
                                                     "Total:",
                                                     "EUR",
                                                     "49,90",
                                                     "see",
                                                     "https://www.shop.example/o/4711",
                                                     "or",
                                                     "write",
                                                     "to",
                                                     "service@shop.example",
                                                     "(+49 30 1234567)",
                                                     "v2.14.1",
                                                     "number",
                                                     "9c1185a5c5e9fc54612808977ee8f548b2258d31",
                                                     "10:30",
                                                     "Grüße",
                                                     "aus",
                                                     "Köln",
                                                     "198.51.100.20"};

class Dice
{
public:
    std::string_view word() { return kWords[generator_() % kWords.size()]; }
    char octet() { return static_cast<char>(generator_()); }

private:
    std::mt19937 generator_{4711};
};

std::string words(std::size_t bytes, std::string_view line_end)
{
    Dice dice;
    std::string text;
    text.reserve(bytes + 80);
    std::size_t line = 0;
    while (text.size() < bytes) {
        const auto word = dice.word();
        text += word;
        line += word.size() + 1;
        text += line > 66 ? line_end : " ";
        if (line > 66) line = 0;
    }
    return text;
}

std::string page(std::size_t bytes)
{
    Dice dice;
    std::string text = "<html><head><style>td { color:#333333; margin:0 }</style></head><body>";
    while (text.size() < bytes) {
        text += "<tr><td style=\"padding:10px 0\"><a href=\"https://www.shop.example/p?q=100%25\">";
        for (int i = 0; i < 8; ++i) (text += dice.word()) += ' ';
        text += "&nbsp;&euro;</a></td></tr>\r\n";
    }
    return text + "</body></html>\r\n";
}

std::string quoted_printable(std::string_view text)
{
    std::string out;
    std::size_t line = 0;
    for (const char c : text) {
        if (c == '\n') line = 0;
        if (line > 72) {
            out += "=\r\n";
            line = 0;
        }
        const bool is_plain = c == '\r' || c == '\n' || (c >= ' ' && c < 127 && c != '=');
        if (is_plain) {
            out += c;
            ++line;
        } else {
            const auto octet = static_cast<unsigned char>(c);
            out += '=';
            out += "0123456789ABCDEF"[octet >> 4];
            out += "0123456789ABCDEF"[octet & 15];
            line += 3;
        }
    }
    return out;
}

std::string in_lines(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); at += 76) (out += text.substr(at, 76)) += "\r\n";
    return out;
}

}  // namespace

std::string text_mail(std::size_t bytes)
{
    return std::string(kHeader) +
           "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" +
           words(bytes - kHeader.size(), "\r\n");
}

std::string html_mail(std::size_t bytes)
{
    const auto rest = bytes - kHeader.size();
    const std::string encoding = "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
    return std::string(kHeader) + "Content-Type: multipart/alternative; boundary=\"=_b1\"\r\n\r\n" +
           "--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\n" + encoding +
           quoted_printable(words(rest / 5, "\r\n")) +
           "\r\n--=_b1\r\nContent-Type: text/html; charset=utf-8\r\n" + encoding +
           quoted_printable(page(rest * 7 / 10)) + "\r\n--=_b1--\r\n";
}

std::string attachment_mail(std::size_t bytes)
{
    Dice dice;
    std::string picture((bytes - kHeader.size() - 600) / 78 * 57, '\0');
    for (auto& octet : picture) octet = dice.octet();
    return std::string(kHeader) + "Content-Type: multipart/mixed; boundary=\"=_b1\"\r\n\r\n" +
           "--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words(500, "\r\n") +
           "\r\n--=_b1\r\nContent-Type: image/jpeg; name=\"photo.jpg\"\r\n"
           "Content-Transfer-Encoding: base64\r\n\r\n" +
           in_lines(base64_encode(picture)) + "--=_b1--\r\n";
}

}  // namespace mail::bench
