#include "common/privacy/mime_parts.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/charset.h"
#include "common/privacy/content_type.h"
#include "common/privacy/message_view.h"
#include "common/privacy/transfer_decoding.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

using Role = MimePart::Role;
using Encoding = MimePart::Encoding;

/// What stands between the boundary lines of one multipart.
struct Split {
    std::string_view preamble;
    std::vector<std::string_view> parts;
    std::string_view epilogue;
};

struct BoundaryLine {
    std::size_t begin = 0;  // of the line end before it, where there is one
    std::size_t end = 0;    // after its own line end
    bool is_last = false;
};

/// A boundary line at `at`: the delimiter, `--` for the last one, blanks, the line's end (RFC
/// 2046 5.1.1).
std::optional<BoundaryLine> boundary_line_at(std::string_view body, std::size_t at,
                                             std::string_view delimiter)
{
    if (!body.substr(at).starts_with(delimiter)) return std::nullopt;
    auto end = at + delimiter.size();
    const bool is_last = body.substr(end).starts_with("--");
    if (is_last) end += 2;
    while (end < body.size() && (is_blank(body[end]) || body[end] == '\r')) ++end;
    if (end < body.size() && body[end] != '\n') return std::nullopt;
    auto begin = at;
    if (begin > 0 && body[begin - 1] == '\n') --begin;
    if (begin < at && begin > 0 && body[begin - 1] == '\r') --begin;
    return BoundaryLine{begin, std::min(end + 1, body.size()), is_last};
}

std::size_t next_line(std::string_view body, std::size_t at)
{
    const auto newline = body.find('\n', at);
    return newline == body.npos ? body.size() : newline + 1;
}

/// Splits at the boundary lines into at most `most` parts; a last line that is missing is at the
/// end.
std::optional<Split> split(std::string_view body, std::string_view delimiter, std::size_t most)
{
    Split result;
    std::optional<std::size_t> part_begin;
    for (std::size_t at = 0; at < body.size() && result.parts.size() < most;) {
        const auto line = boundary_line_at(body, at, delimiter);
        if (!line) {
            at = next_line(body, at);
            continue;
        }
        // A part without lines: the line end before this boundary is that of the last one.
        if (part_begin) {
            const auto end = std::max(line->begin, *part_begin);
            result.parts.push_back(body.substr(*part_begin, end - *part_begin));
        } else {
            result.preamble = body.substr(0, line->begin);
        }
        part_begin = line->end;
        at = line->end;
        if (line->is_last) {
            result.epilogue = body.substr(line->end);
            return result;
        }
    }
    if (!part_begin) return std::nullopt;
    result.parts.push_back(body.substr(*part_begin));
    return result;
}

/// Where the type names no boundary: the first line that could be one.
std::string guessed_delimiter(std::string_view body)
{
    for (std::size_t at = 0; at < body.size(); at = next_line(body, at)) {
        const auto line = trimmed(body.substr(at, next_line(body, at) - at));
        if (line.starts_with("--") && line.size() > 2) return std::string(line);
    }
    return {};
}

Encoding encoding_of(std::string_view field_body)
{
    const auto name = parse_parameterized(field_body).value;
    if (name == "base64") return Encoding::base64;
    return name == "quoted-printable" ? Encoding::quoted_printable : Encoding::identity;
}

/// `charset=utf-8 format=flowed`, with the semicolon forgotten.
std::string first_word(std::string_view value)
{
    return lowered(value.substr(0, value.find_first_of(" \t")));
}

bool is_message(std::string_view type)
{
    return type == "message/rfc822" || type == "message/global";
}

bool begins_with_field(std::string_view body)
{
    HeaderField field;
    return FieldReader(body).next(field);
}

std::string decoded(std::string_view body, Encoding encoding)
{
    switch (encoding) {
        case Encoding::base64:
            return decoded_base64(body);
        case Encoding::quoted_printable:
            return decoded_quoted_printable(body);
        case Encoding::identity:
            break;
    }
    return std::string(body);
}

/// A stretch of the message that is still to be read.
struct Stretch {
    std::string_view text;
    Role role = Role::leaf;  // `preamble` and `epilogue` have no header
    std::string_view default_type = "text/plain";
    unsigned depth = 0;
    bool is_signed = false;
};

class PartReader
{
public:
    explicit PartReader(const PartLimits& limits) : limits_(limits) {}

    MimeParts read(std::string_view content)
    {
        waiting_.push_back({content});
        while (!waiting_.empty()) {
            const auto stretch = waiting_.back();
            waiting_.pop_back();
            take(stretch);
        }
        return std::move(result_);
    }

private:
    void take(const Stretch& stretch)
    {
        MimePart part;
        part.role = stretch.role;
        part.depth = stretch.depth;
        part.is_signed = stretch.is_signed;
        part.body = stretch.text;
        if (stretch.role != Role::leaf) return add(std::move(part));

        part.type = stretch.default_type;
        const auto boundary = read_header(stretch.text, part);
        const bool is_multipart = part.type.starts_with("multipart/");
        if (!is_multipart && !is_message(part.type)) return add(std::move(part));
        if (part.depth >= limits_.depth || room() == 0) {
            result_.is_complete = false;
            return add(std::move(part));
        }
        if (is_multipart) return open_multipart(std::move(part), boundary);
        open_message(std::move(part));
    }

    /// Fills the part from its header; gives the boundary that its type names.
    static std::string read_header(std::string_view text, MimePart& part)
    {
        FieldReader reader(text);
        std::string boundary;
        bool has_type = false;
        bool has_encoding = false;
        for (HeaderField field; reader.next(field);) {
            if (!has_type && equals_ignoring_case(field.name, "Content-Type")) {
                has_type = true;
                const auto type = parse_parameterized(field.body);
                part.type = type.value.find('/') == type.value.npos ? "text/plain" : type.value;
                part.charset = first_word(type.parameter("charset"));
                boundary = type.parameter("boundary");
            } else if (!has_encoding &&
                       equals_ignoring_case(field.name, "Content-Transfer-Encoding")) {
                has_encoding = true;
                part.encoding = encoding_of(field.body);
            }
        }
        part.header = text.substr(0, reader.position());
        part.body = text.substr(reader.body_begin());
        return boundary;
    }

    void open_multipart(MimePart part, const std::string& boundary)
    {
        auto pieces = split_by(part.body, boundary);
        if (!pieces && part.encoding != Encoding::identity) {  // RFC 2045 6.4 forbids it
            const auto body = kept_body(part);
            if (body) pieces = split_by(*body, boundary);
        }
        if (!pieces) return add(std::move(part));

        const bool is_signed = part.is_signed || part.type == "multipart/signed";
        const auto child_type = part.type == "multipart/digest" ? "message/rfc822" : "text/plain";
        const auto depth = part.depth + 1;
        if (!pieces->epilogue.empty()) {
            waiting_.push_back({pieces->epilogue, Role::epilogue, {}, depth, is_signed});
        }
        for (auto each = pieces->parts.rbegin(); each != pieces->parts.rend(); ++each) {
            waiting_.push_back({*each, Role::leaf, child_type, depth, is_signed});
        }
        if (!pieces->preamble.empty()) {
            waiting_.push_back({pieces->preamble, Role::preamble, {}, depth, is_signed});
        }
        part.role = Role::container;
        add(std::move(part));
    }

    std::optional<Split> split_by(std::string_view body, const std::string& boundary)
    {
        const auto delimiter = boundary.empty() ? guessed_delimiter(body) : "--" + boundary;
        if (delimiter.empty()) return std::nullopt;
        auto pieces = split(body, delimiter, room());
        if (pieces && pieces->parts.size() > room()) result_.is_complete = false;
        return pieces;
    }

    void open_message(MimePart part)
    {
        // RFC 2046 5.2.1 allows no base64 here; some say it, and not all of them mean it.
        const bool is_plain = part.encoding == Encoding::base64 && begins_with_field(part.body);
        const auto body = is_plain ? std::optional(part.body) : kept_body(part);
        if (!body) return add(std::move(part));
        waiting_.push_back({*body, Role::leaf, "text/plain", part.depth + 1, part.is_signed});
        part.role = Role::container;
        add(std::move(part));
    }

    /// The body after its encoding, kept where it had one; none where that would be too much.
    std::optional<std::string_view> kept_body(const MimePart& part)
    {
        if (part.encoding == Encoding::identity) return part.body;
        if (part.body.size() > limits_.decoded_bytes) {
            result_.is_complete = false;
            return std::nullopt;
        }
        limits_.decoded_bytes -= part.body.size();
        result_.decoded.push_back(
            std::make_unique<const std::string>(decoded(part.body, part.encoding)));
        return *result_.decoded.back();
    }

    void add(MimePart part) { result_.parts.push_back(std::move(part)); }

    /// How many more parts there may be, those that wait counted.
    std::size_t room() const
    {
        const auto known = result_.parts.size() + waiting_.size() + 1;
        return known < limits_.parts ? limits_.parts - known : 0;
    }

    PartLimits limits_;
    std::vector<Stretch> waiting_;  // the next one last
    MimeParts result_;
};

}  // namespace

MimeParts read_parts(std::string_view content, const PartLimits& limits)
{
    return PartReader(limits).read(content);
}

std::string decoded_body(const MimePart& part)
{
    return decoded(part.body, part.encoding);
}

std::string decoded_text(const MimePart& part)
{
    const auto octets = decoded_body(part);
    return to_utf8(octets, part.charset).value_or(repaired_utf8(octets));
}

}  // namespace mail::privacy
