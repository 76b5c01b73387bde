#include "postoffice/compose/composition.h"

#include <algorithm>

#include "common/base64.h"
#include "common/line_ends.h"
#include "common/privacy/mailbox_reader.h"
#include "common/spool/record.h"
#include "common/submission.h"
#include "postoffice/compose/header_text.h"

namespace postoffice
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr std::size_t kMaxLineOctets = 998;  // RFC 5322 2.1.1
constexpr std::size_t kBase64Line = 57;      // octets: 76 characters

// clang-format off
constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {"csv", "text/csv"},         {"htm", "text/html"},          {"html", "text/html"},
    {"ics", "text/calendar"},    {"log", "text/plain"},         {"md", "text/markdown"},
    {"txt", "text/plain"},       {"xml", "application/xml"},    {"json", "application/json"},
    {"gif", "image/gif"},        {"jpeg", "image/jpeg"},        {"jpg", "image/jpeg"},
    {"png", "image/png"},        {"svg", "image/svg+xml"},      {"tif", "image/tiff"},
    {"tiff", "image/tiff"},      {"webp", "image/webp"},        {"bmp", "image/bmp"},
    {"mp3", "audio/mpeg"},       {"ogg", "audio/ogg"},          {"wav", "audio/x-wav"},
    {"flac", "audio/flac"},      {"m4a", "audio/mp4"},          {"mp4", "video/mp4"},
    {"webm", "video/webm"},      {"pdf", "application/pdf"},    {"ps", "application/postscript"},
    {"zip", "application/zip"},  {"gz", "application/gzip"},    {"tar", "application/x-tar"},
    {"xz", "application/x-xz"},  {"7z", "application/x-7z-compressed"},
    {"rtf", "application/rtf"},  {"doc", "application/msword"}, {"xls", "application/vnd.ms-excel"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
};
// clang-format on

Error wrong(const std::string& what)
{
    return Error{ErrorKind::malformed, what};
}

/// Only what RFC 2045 2.7 calls 7bit goes as it is.
bool is_seven_bit(std::string_view text)
{
    std::size_t line = 0;
    for (const char c : text) {
        line = c == '\n' ? 0 : line + 1;
        if (line > kMaxLineOctets || c == '\0' || static_cast<unsigned char>(c) >= 0x80)
            return false;
    }
    return text.find('\r') == text.npos;
}

std::string in_base64(std::string_view octets)
{
    std::string lines;
    lines.reserve(mail::base64_size(octets.size()) + octets.size() / kBase64Line + 1);
    for (std::size_t at = 0; at < octets.size(); at += kBase64Line)
        lines += mail::base64_encode(octets.substr(at, kBase64Line)) + "\n";
    return lines;
}

/// Text travels with CRLF ends, so that is what base64 holds (RFC 2045 6.8).
std::string text_part(std::string_view text)
{
    const std::string lines = mail::with_lf_line_ends(mail::with_crlf_line_ends(text));
    const std::string type = "Content-Type: text/plain; charset=utf-8\n";
    if (is_seven_bit(lines)) return type + "Content-Transfer-Encoding: 7bit\n\n" + lines;
    return type + "Content-Transfer-Encoding: base64\n\n" +
           in_base64(mail::with_crlf_line_ends(lines));
}

std::string name_of(std::string_view path)
{
    std::string name(path.substr(path.rfind('/') + 1));
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
    if (!mail::is_utf8(name))
        for (char& c : name)
            if (static_cast<unsigned char>(c) >= 0x80) c = '_';
    return name;
}

/// Octet for octet, text too: its line ends may mean something.
std::string attachment_part(const Attachment& file)
{
    const std::string name = name_of(file.path);
    std::string type(type_of(name));
    if (type.starts_with("text/"))
        type = mail::is_utf8(file.octets) ? type + "; charset=utf-8" : "application/octet-stream";
    return "Content-Type: " + type + "\nContent-Transfer-Encoding: base64\n" +
           "Content-Disposition: attachment" + parameter("filename", name) + "\n\n" +
           in_base64(file.octets);
}

std::string body_of(const Composition& what, const std::string& boundary)
{
    if (what.attachments.empty()) return text_part(what.text);
    const std::string edge = "\n--" + boundary;
    std::string body = "Content-Type: multipart/mixed";
    body.append(parameter("boundary", boundary)).append("\n").append(edge).append("\n");
    body.append(text_part(what.text));
    for (const Attachment& file : what.attachments)
        body.append(edge).append("\n").append(attachment_part(file));
    return body.append(edge).append("--\n");
}

std::string address_list(const std::vector<std::string>& recipients)
{
    std::string list;
    for (const std::string& recipient : recipients)
        list += (list.empty() ? "" : ",\n ") + mailbox_text(recipient);
    return list;
}

/// What is wrong with it; empty: nothing.
std::string fault_of(const Composition& what)
{
    if (what.recipients.empty()) return "no recipient";
    if (!is_header_text(what.sender)) return "the sender has a control character or is not UTF-8";
    if (!is_header_text(what.subject)) return "the subject has a control character or is not UTF-8";
    for (const std::string& recipient : what.recipients)
        if (!is_header_text(recipient) || recipient.empty())
            return "a recipient is empty, has a control character or is not UTF-8";
    return mail::is_utf8(what.text) ? "" : "the text is not UTF-8: attach it as a file instead";
}

}  // namespace

std::string_view type_of(std::string_view file_name)
{
    const std::size_t dot = file_name.rfind('.');
    std::string extension(dot == file_name.npos ? "" : file_name.substr(dot + 1));
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    for (const auto& [known, type] : kTypes)
        if (known == extension) return type;
    return "application/octet-stream";
}

Result<std::string> compose(const Composition& what, const Uniqueness& unique)
{
    if (const std::string fault = fault_of(what); !fault.empty()) return wrong(fault);
    const std::string from = "From: " + mailbox_text(what.sender) + "\n";
    const std::string address = mail::header_sender(from + "\n");
    const std::size_t at = address.rfind('@');
    if (at == address.npos || at + 1 == address.size())
        return wrong("the sender has no address with a domain: " + what.sender);
    return "Date: " + mail::rfc5322_date(unique.now) + "\n" + from +
           "To: " + address_list(what.recipients) + "\n" +
           unstructured_field("Subject", what.subject) + "Message-ID: <" + unique.message_id +
           address.substr(at) + ">\nMIME-Version: 1.0\n" + body_of(what, unique.boundary);
}

}  // namespace postoffice
