#include "common/base64.h"
#include "tests/gate/bad_mails.h"

namespace mail::test
{
namespace
{

constexpr std::string_view kText = "Content-Type: text/plain\r\n\r\nGood morning.\r\n";

std::string multiparts_inside_each_other(std::size_t depth)
{
    std::string mail;
    for (std::size_t i = 0; i < depth; ++i) {
        const auto name = "b" + std::to_string(i);
        mail += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
    }
    return mail + std::string(kText);
}

/// Each boundary begins like all those around it.
std::string boundaries_like_each_other(std::size_t depth, std::size_t lines)
{
    std::string mail;
    for (std::size_t i = 1; i <= depth; ++i) {
        const auto name = repeated("b", i);
        mail += "Content-Type: multipart/mixed; boundary=" + name + "\r\n\r\n--" + name + "\r\n";
    }
    return mail + std::string(kText) + repeated("--" + repeated("b", depth / 2) + "c\r\n", lines);
}

std::string mixed(const std::string& parts, const std::string& boundary = "b")
{
    return "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n" + parts;
}

/// Base64 of a mail in base64 of a mail …
std::string mails_in_base64(std::size_t depth)
{
    std::string mail = "Subject: innermost\r\n\r\nGood morning.\r\n";
    for (std::size_t i = 0; i < depth; ++i) {
        mail = mail_with_body("message/rfc822", "base64", base64_encode(mail));
    }
    return mail;
}

}  // namespace

std::vector<BadMail> bad_parts()
{
    const std::string part = "--b\r\n" + std::string(kText);
    return {
        {"multiparts 10,000 deep", [] { return multiparts_inside_each_other(10'000); }},
        {"mails 10,000 deep",
         [] {
             return repeated("Content-Type: message/rfc822\r\n\r\n", 10'000) +
                    "Subject: a\r\n\r\nb";
         }},
        {"mails and multiparts by turns",
         [] {
             return repeated(
                 "Content-Type: message/rfc822\r\n\r\nContent-Type: multipart/mixed; "
                 "boundary=b\r\n\r\n--b\r\n",
                 10'000);
         }},
        {"mails in base64, 30 deep", [] { return mails_in_base64(30); }},
        {"multiparts with one boundary for all",
         [] {
             return repeated("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n", 100'000);
         }},
        {"100,000 parts", [part] { return mixed(repeated(part, 100'000)) + "--b--\r\n"; }},
        {"100,000 empty parts", [] { return mixed(repeated("--b\r\n", 100'000)); }},
        {"100,000 parts of a digest",
         [] {
             return "Content-Type: multipart/digest; boundary=b\r\n\r\n" +
                    repeated("--b\r\n\r\nSubject: a\r\n\r\nb\r\n", 100'000);
         }},
        {"100,000 ends", [] { return mixed(repeated("--b--\r\n", 100'000)); }},
        {"a boundary that never comes",
         [] { return mixed(repeated("no line like that\r\n", 300'000)); }},
        {"a boundary that never closes",
         [part] { return mixed(part + repeated("and on and on\r\n", 300'000)); }},
        {"boundaries that begin like each other",
         [] { return boundaries_like_each_other(64, 100'000); }},
        {"almost the boundary, often",
         [] {
             return mixed(repeated("--" + repeated("a", 69) + "\r\n", 100'000), repeated("a", 70));
         }},
        {"a line of hyphens", [] { return mixed(repeated("-", 10'000'000)); }},
        {"lines of two hyphens", [] { return mixed(repeated("--\r\n", 2'000'000)); }},
        {"an empty boundary", [part] { return mixed(repeated("--\r\n", 100'000) + part, ""); }},
        {"part headers without end",
         [] { return mixed("--b\r\n" + repeated("X-Tag: value\r\n", 500'000)); }},
        {"a delivery report of 100,000 groups",
         [] {
             return mail_with_body("message/delivery-status", "",
                                   repeated("Status: 5.0.0\r\n\r\n", 100'000));
         }},
        {"a calendar in lines of one sign",
         [] { return mail_with_body("text/calendar", "", repeated("B\r\n ", 1'500'000)); }},
    };
}

}  // namespace mail::test
