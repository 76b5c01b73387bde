#include "postman/gmail/addressed_mail.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <unordered_set>

#include "common/privacy/ascii.h"
#include "common/privacy/message_view.h"
#include "postman/gmail/address_list.h"

namespace postman
{
namespace
{

using mail::privacy::equals_ignoring_case;
using mail::privacy::FieldReader;
using mail::privacy::HeaderField;
using Keys = std::unordered_set<std::string>;

mail::Error refused(std::string reason)
{
    return {mail::ErrorKind::refused, std::move(reason)};
}

/// What one reader takes for the end of a line or of the header, and another does not.
std::optional<std::string> fault_in_lines(std::string_view header)
{
    bool is_blank = true;  // nothing but white space in this line so far
    for (std::size_t i = 0; i < header.size(); ++i) {
        const char c = header[i];
        const bool ends_line = c == '\r' && i + 1 < header.size() && header[i + 1] == '\n';
        if (ends_line && is_blank) return "the header holds a line of white space";
        if (ends_line) ++i;
        if (!ends_line && ((static_cast<unsigned char>(c) < ' ' && c != '\t') || c == '\x7f'))
            return "the header holds a control character or a lone line end";
        is_blank = ends_line || (is_blank && (c == ' ' || c == '\t'));
    }
    return std::nullopt;
}

/// Reads the header once: whom it names, and its text without the Bcc fields and mbox lines.
class Header
{
public:
    explicit Header(std::string_view content) : reader_(content) {}

    std::optional<std::string> read()
    {
        HeaderField field;
        while (reader_.next(field)) {
            if (field.name.empty() || equals_ignoring_case(field.name, "Bcc")) continue;
            if (const auto fault = fault_in_lines(field.raw)) return fault;
            text.append(field.raw);
            const bool names_recipients =
                equals_ignoring_case(field.name, "To") || equals_ignoring_case(field.name, "Cc");
            if (!names_recipients) continue;
            auto addresses = read_address_list(field.body);
            if (!addresses)
                return std::string(field.name) +
                       " cannot be read without doubt about whom it names";
            for (std::string& address : *addresses) named.push_back(std::move(address));
        }
        if (!text.empty() && !text.ends_with("\n")) text += "\r\n";
        return std::nullopt;
    }
    std::size_t body_begin() const { return reader_.body_begin(); }

    std::string text;
    std::vector<std::string> named;

private:
    FieldReader reader_;
};

/// One address a line: no list grows over the 998 octets of a line (RFC 5322 2.1.1).
std::string bcc_field(const std::vector<std::string>& recipients)
{
    std::string field;
    for (const std::string& recipient : recipients)
        field.append(field.empty() ? "Bcc: " : ",\r\n ").append(recipient);
    return field.empty() ? field : field + "\r\n";
}

std::string not_pending(const std::string& address)
{
    return "the header names " + address +
           ", who is not among the recipients still to be served, and Gmail's API would send it "
           "there: send such mail by SMTP (smtps://USER@smtp.gmail.com)";
}

}  // namespace

mail::Result<AddressedMail> address_mail(std::string_view content,
                                         const std::vector<std::string>& recipients)
{
    Header header(content);
    if (const auto fault = header.read()) return refused(*fault);

    AddressedMail mail;
    Keys pending;
    for (const std::string& recipient : recipients) {
        const bool is_fit = is_plain_address(recipient);
        if (is_fit) pending.insert(address_key(recipient));
        (is_fit ? mail.carried : mail.unfit).push_back(recipient);
    }
    Keys named;
    for (const std::string& address : header.named) {
        std::string key = address_key(address);
        if (!pending.contains(key)) return refused(not_pending(address));
        named.insert(std::move(key));
    }
    std::vector<std::string> blind;
    for (const std::string& recipient : mail.carried)
        if (named.insert(address_key(recipient)).second) blind.push_back(recipient);

    const std::string_view body = content.substr(header.body_begin());
    mail.content.reserve(header.text.size() + 64 * blind.size() + body.size() + 16);
    mail.content.append(header.text).append(bcc_field(blind)).append("\r\n").append(body);
    return mail;
}

}  // namespace postman
