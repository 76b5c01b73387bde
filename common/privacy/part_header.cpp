#include "common/privacy/part_header.h"

#include "common/privacy/ascii.h"
#include "common/privacy/content_type.h"
#include "common/privacy/late_fields.h"
#include "common/privacy/message_view.h"

namespace mail::privacy
{
namespace
{

/// `"base64"`, `'utf-8'`: no standard has them there, and programs read past them.
std::string_view without_quotes(std::string_view word)
{
    while (word.starts_with('"') || word.starts_with('\'')) word.remove_prefix(1);
    while (word.ends_with('"') || word.ends_with('\'')) word.remove_suffix(1);
    return word;
}

TransferEncoding encoding_of(std::string_view field_body)
{
    const auto value = parse_parameterized(field_body).value;
    const auto name = without_quotes(value);
    if (name == "base64") return TransferEncoding::base64;
    if (name == "quoted-printable") return TransferEncoding::quoted_printable;
    for (const auto* uuencode : {"x-uuencode", "uuencode", "x-uue", "uue"}) {
        if (name == uuencode) return TransferEncoding::uuencode;
    }
    return TransferEncoding::identity;
}

/// `charset=utf-8 format=flowed`, with the semicolon forgotten.
std::string first_word(std::string_view value)
{
    return lowered(without_quotes(value.substr(0, value.find_first_of(" \t"))));
}

/// Of each field the first counts.
class HeaderReading
{
public:
    explicit HeaderReading(PartHeader& header) : header_(header) {}

    void take(const HeaderField& field)
    {
        if (lower(field.name.empty() ? '\0' : field.name.front()) != 'c') return;
        if (!has_type_ && equals_ignoring_case(field.name, "Content-Type")) {
            has_type_ = true;
            take_type(field.body);
        } else if (!has_encoding_ &&
                   equals_ignoring_case(field.name, "Content-Transfer-Encoding")) {
            has_encoding_ = true;
            header_.encoding = encoding_of(field.body);
        } else if (!has_disposition_ && equals_ignoring_case(field.name, "Content-Disposition")) {
            has_disposition_ = true;
            const auto given = parse_parameterized(field.body);
            header_.disposition = given.value;
            if (!given.parameter("filename").empty()) header_.has_file_name = true;
        }
    }

    bool says_how_to_read() const { return has_type_ || has_encoding_; }

private:
    void take_type(std::string_view field_body)
    {
        const auto given = parse_parameterized(field_body);
        header_.type = given.value.find('/') == given.value.npos ? "text/plain" : given.value;
        header_.charset = first_word(given.parameter("charset"));
        header_.boundary = given.parameter("boundary");
        if (!given.parameter("name").empty()) header_.has_file_name = true;
    }

    PartHeader& header_;
    bool has_type_ = false;
    bool has_encoding_ = false;
    bool has_disposition_ = false;
};

}  // namespace

PartHeader read_part_header(std::string_view text, std::string_view default_type)
{
    PartHeader header;
    header.type = default_type;
    HeaderReading reading(header);
    FieldReader reader(text);
    HeaderField field;
    while (reader.next(field)) reading.take(field);
    header.fields = text.substr(0, reader.position());
    header.body = text.substr(reader.body_begin());
    if (reader.body_begin() != reader.position()) return header;

    header.late = late_header(header.body);
    const bool knew = reading.says_how_to_read();
    LateFieldReader late(header.late);
    while (late.next(field)) reading.take(field);
    if (knew || !reading.says_how_to_read()) return header;
    const auto after = header.body.substr(header.late.size());
    header.body = after.substr(after.starts_with("\r\n") ? 2 : after.starts_with('\n') ? 1 : 0);
    return header;
}

}  // namespace mail::privacy
