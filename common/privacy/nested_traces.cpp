#include "common/privacy/nested_traces.h"

#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/catalogue.h"
#include "common/privacy/mime_parts.h"

namespace mail::privacy
{
namespace
{

/// From the inner header of a part on; empty where it has none that could be changed.
std::string_view inner_text(const MimePart& part)
{
    if (part.is_signed || part.encoded_at != MimePart::kNotEncoded) return {};
    if (part.is_nested && part.is_message) {
        const auto* const end = part.body.data() + part.body.size();
        return {part.header.data(), static_cast<std::size_t>(end - part.header.data())};
    }
    const bool is_header = part.depth > 0 && part.role == MimePart::Role::leaf &&
                           part.type == "text/rfc822-headers" &&
                           part.encoding == TransferEncoding::identity;
    return is_header ? part.body : std::string_view();
}

bool is_trace(const HeaderField& field)
{
    const auto* row = find_in_catalogue(field.name);
    return row == nullptr ? is_extension_field(field.name) : row->treatment == Treatment::drop;
}

/// The line end before a boundary is not the part's, but it is the line's.
std::string_view with_line_end(std::string_view content, const HeaderField& field)
{
    if (field.raw.ends_with('\n')) return field.raw;
    const auto rest = content.substr(field.offset + field.raw.size());
    const std::size_t line_end = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
    return content.substr(field.offset, field.raw.size() + line_end);
}

class TraceReader
{
public:
    TraceReader(std::string_view content, FieldSearch& search) : content_(content), search_(search)
    {
    }

    /// Where every field of a header goes, an mbox line behind it comes to the front, and the
    /// fields behind that one are header, too.
    void read(std::string_view text)
    {
        for (bool all_went = true; all_went && !text.empty();) {
            FieldReader reader(text);
            std::size_t fields = 0;
            const auto before = traces_.size();
            for (HeaderField field; reader.next(field);) {
                if (!field.name.empty()) ++fields;
                take(field);
            }
            text.remove_prefix(reader.position());
            all_went = fields > 0 && traces_.size() - before == fields && is_mbox_line(text);
        }
    }

    std::vector<HeaderField> taken() { return std::move(traces_); }

private:
    void take(HeaderField field)
    {
        if (!is_trace(field) || !search_.shows(without_line_end(field.raw), Weight::learned))
            return;
        field.offset = static_cast<std::size_t>(field.raw.data() - content_.data());
        if (!traces_.empty() && field.offset <= traces_.back().offset) return;  // told already
        field.raw = with_line_end(content_, field);
        traces_.push_back(field);
    }

    std::string_view content_;
    FieldSearch& search_;
    std::vector<HeaderField> traces_;
};

}  // namespace

std::vector<HeaderField> nested_traces(std::string_view content, FieldSearch& search)
{
    TraceReader reader(content, search);
    const auto read = read_parts(content);
    for (const auto& part : read.parts) reader.read(inner_text(part));
    return reader.taken();
}

}  // namespace mail::privacy
