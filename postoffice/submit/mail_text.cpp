#include "postoffice/submit/mail_text.h"

#include <algorithm>

#include "common/base64.h"
#include "common/privacy/message_view.h"
#include "common/spool/record.h"

namespace postoffice::submit
{
namespace
{

constexpr std::size_t kOctetsOfWord = 45;  // 60 characters of base64, 72 with what is around them

bool is_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_continuation(char c)
{
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string without_controls(std::string_view value)
{
    std::string text(value);
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = ' ';
    return text;
}

/// One to a line: a thousand fit into no line of 998 octets.
std::string joined(const std::vector<std::string>& list)
{
    std::string text;
    for (const std::string& one : list)
        text.append(text.empty() ? "" : ",\n ").append(without_controls(one));
    return text;
}

}  // namespace

std::string encoded_field(std::string_view value)
{
    const std::string plain = without_controls(value);
    if (is_ascii(plain) && plain.find("=?") == std::string::npos) return plain;
    const std::string charset = mail::is_utf8(plain) ? "UTF-8" : "unknown-8bit";
    std::string field;
    for (std::string_view rest = plain; !rest.empty();) {
        std::size_t size = std::min(rest.size(), kOctetsOfWord);
        while (size > 1 && size < rest.size() && is_continuation(rest[size])) --size;
        field.append(field.empty() ? "=?" : "\n =?").append(charset).append("?B?");
        field.append(mail::base64_encode(rest.substr(0, size))).append("?=");
        rest.remove_prefix(size);
    }
    return field;
}

std::string mail_text(const MailWords& words, std::string_view text)
{
    std::string message;
    if (!words.from.empty()) message += "From: " + without_controls(words.from) + "\n";
    message += "To: " + joined(words.to) + "\n";
    if (!words.subject.empty()) message += "Subject: " + encoded_field(words.subject) + "\n";
    const char* charset = is_ascii(text)        ? "us-ascii"
                          : mail::is_utf8(text) ? "UTF-8"
                                                : "unknown-8bit";
    message.append("MIME-Version: 1.0\nContent-Type: text/plain; charset=").append(charset);
    message.append("\nContent-Transfer-Encoding: ").append(is_ascii(text) ? "7bit" : "8bit");
    return message.append("\n\n").append(text);
}

std::string with_recipient(std::string_view message, const std::string& recipient)
{
    const auto view = mail::privacy::view_message(message);
    const bool names_somebody = view.find("To") != nullptr || view.find("Cc") != nullptr;
    if (names_somebody || view.fields.empty()) return std::string(message);
    return "To: " + without_controls(recipient) + "\n" + std::string(message);
}

}  // namespace postoffice::submit
