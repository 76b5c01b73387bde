#include "common/privacy/late_fields.h"

#include <algorithm>

namespace mail::privacy
{
namespace
{

std::size_t line_end(std::string_view text, std::size_t begin)
{
    const auto newline = text.find('\n', begin);
    return newline == text.npos ? text.size() : newline + 1;
}

bool is_empty_line(std::string_view text, std::size_t begin)
{
    return text.substr(begin).starts_with("\r\n") || text.substr(begin).starts_with('\n');
}

/// A field with a name at the front.
bool read_field(std::string_view text, HeaderField& field)
{
    return FieldReader(text).next(field) && !field.name.empty();
}

}  // namespace

std::string_view late_header(std::string_view rest)
{
    bool has_field = false;
    HeaderField field;
    std::size_t end = 0;
    while (end < rest.size() && !is_empty_line(rest, end)) {
        has_field = has_field || read_field(rest.substr(end), field);
        end = line_end(rest, end);
    }
    return has_field ? rest.substr(0, end) : std::string_view();
}

bool LateFieldReader::next(HeaderField& field)
{
    if (position_ >= late_.size()) return false;
    const auto begin = position_;
    if (read_field(late_.substr(begin), field)) {
        position_ += field.raw.size();
        field.offset = begin;
        return true;
    }
    HeaderField following;
    do {
        position_ = line_end(late_, position_);
    } while (position_ < late_.size() && !read_field(late_.substr(position_), following));
    field.name = {};
    field.raw = late_.substr(begin, position_ - begin);
    field.body = without_line_end(field.raw);
    field.offset = begin;
    return true;
}

}  // namespace mail::privacy
