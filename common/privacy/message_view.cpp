#include "common/privacy/message_view.h"

#include <algorithm>

#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestSubject = 1000;
constexpr std::size_t kSubjectRead =
    8192;  // bytes of the field; enough for a subject of full length

constexpr std::size_t kNoField = std::string_view::npos;

std::size_t line_end(std::string_view content, std::size_t begin)
{
    const auto newline = content.find('\n', begin);
    return newline == content.npos ? content.size() : newline + 1;
}

/// Printable ASCII but the colon (RFC 5322 2.2).
bool is_name_byte(char c)
{
    return c > ' ' && c < 0x7F && c != ':';
}

/// The bytes of the field name at the front of a line; kNoField where no colon follows it.
std::size_t name_size(std::string_view line)
{
    std::size_t end = 0;
    while (end < line.size() && is_name_byte(line[end])) ++end;
    std::size_t colon = end;
    while (colon < line.size() && is_blank(line[colon])) ++colon;
    return end > 0 && colon < line.size() && line[colon] == ':' ? end : kNoField;
}

}  // namespace

std::string_view without_line_end(std::string_view line)
{
    if (!line.ends_with('\n')) return line;
    line.remove_suffix(1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string_view without_quote_marks(std::string_view line)
{
    return line.substr(std::min(line.find_first_not_of('>'), line.size()));
}

bool is_mbox_line(std::string_view line)
{
    return without_quote_marks(line).starts_with("From ");
}

bool FieldReader::next(HeaderField& field)
{
    auto end = line_end(content_, position_);
    const auto first_line = content_.substr(position_, end - position_);
    const auto name = name_size(first_line);
    if (name == kNoField && !(mbox_lines_may_come_ && is_mbox_line(first_line))) return false;
    mbox_lines_may_come_ = name == kNoField;

    while (end < content_.size() && is_blank(content_[end])) end = line_end(content_, end);

    field.offset = position_;
    field.raw = content_.substr(position_, end - position_);
    field.name = name == kNoField ? std::string_view() : field.raw.substr(0, name);
    const auto body = name == kNoField ? 0 : field.raw.find(':', name) + 1;
    field.body = without_line_end(field.raw).substr(body);
    position_ = end;
    return true;
}

std::size_t FieldReader::body_begin() const
{
    const auto rest = content_.substr(position_);
    if (rest.starts_with("\r\n")) return position_ + 2;
    return rest.starts_with('\n') ? position_ + 1 : position_;
}

const HeaderField* MessageView::find(std::string_view name) const
{
    for (const auto& field : fields) {
        if (equals_ignoring_case(field.name, name)) return &field;
    }
    return nullptr;
}

MessageView view_message(std::string_view content)
{
    MessageView view;
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);) view.fields.push_back(field);
    view.header = content.substr(0, reader.position());
    view.body = content.substr(reader.body_begin());
    return view;
}

std::string unfolded(std::string_view field_body)
{
    std::string line;
    line.reserve(field_body.size());
    std::size_t begin = 0;
    for (auto newline = field_body.find('\n'); newline != field_body.npos;
         newline = field_body.find('\n', newline + 1)) {
        if (newline + 1 == field_body.size() || !is_blank(field_body[newline + 1])) continue;
        line.append(without_line_end(field_body.substr(begin, newline + 1 - begin)));
        begin = newline + 1;
    }
    return line.append(field_body.substr(begin));
}

std::string decoded_subject(std::string_view content)
{
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);) {
        if (!equals_ignoring_case(field.name, "Subject")) continue;
        const auto decoded = decoded_words(trimmed(unfolded(field.body.substr(0, kSubjectRead))));
        return std::string(cut_utf8(decoded, kLongestSubject));
    }
    return {};
}

}  // namespace mail::privacy
