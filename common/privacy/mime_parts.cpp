#include "common/privacy/mime_parts.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "common/privacy/boundaries.h"
#include "common/privacy/charset.h"
#include "common/privacy/message_view.h"
#include "common/privacy/transfer_decoding.h"
#include "common/privacy/utf8.h"
#include "common/privacy/uuencode.h"

namespace mail::privacy
{
namespace
{

using Role = MimePart::Role;

bool begins_with_field(std::string_view body)
{
    HeaderField field;
    return FieldReader(body).next(field);
}

std::string decoded(std::string_view body, TransferEncoding encoding)
{
    switch (encoding) {
        case TransferEncoding::base64:
            return decoded_base64(body);
        case TransferEncoding::quoted_printable:
            return decoded_quoted_printable(body);
        case TransferEncoding::uuencode:
            return decoded_uuencode(body);
        case TransferEncoding::identity:
            break;
    }
    return std::string(body);
}

/// Text is shown unless the header says otherwise, and where it says inline, even with a file name;
/// an invitation or a card is text, though most name a file.
bool is_shown(const PartHeader& header)
{
    if (header.disposition == "attachment") return false;
    if (header.disposition == "inline" && header.type.starts_with("text/")) return true;
    if (header.type == "text/calendar" || header.type == "text/vcard") return true;
    if (header.has_file_name) return false;
    return header.type.starts_with("text/") || header.type.starts_with("multipart/") ||
           header.type.starts_with("message/");
}

/// A stretch of the message that is still to be read.
struct Stretch {
    std::string_view text;
    Role role = Role::leaf;  // `preamble` and `epilogue` have no header
    std::string_view default_type = "text/plain";
    unsigned depth = 0;
    bool is_signed = false;
    bool is_attachment = false;
    std::string number = {};  // of the part; of a message: of the part that it is in
    bool is_nested = false;
    bool is_message = false;
    std::size_t encoded_at = MimePart::kNotEncoded;
};

class PartReader
{
public:
    explicit PartReader(const PartLimits& limits) : limits_(limits) {}

    MimeParts read(std::string_view content)
    {
        content_ = content;
        Stretch whole{content};
        whole.is_message = true;
        waiting_.push_back(std::move(whole));
        while (!waiting_.empty()) {
            const auto stretch = std::move(waiting_.back());
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
        part.is_attachment = stretch.is_attachment;
        part.is_nested = stretch.is_nested;
        part.number = stretch.number;
        part.encoded_at = stretch.encoded_at;
        part.body = stretch.text;
        if (stretch.role != Role::leaf) return add(std::move(part));

        const auto boundary = read_header(stretch, part);
        const bool is_multipart = part.type.starts_with("multipart/");
        if (!is_multipart && !part.is_of_message_type()) return add(std::move(part));
        if (part.depth >= limits_.depth) {
            stop("nested " + std::to_string(limits_.depth) + " deep");
            return add(std::move(part));
        }
        if (room() == 0) {
            stop_at_parts();
            return add(std::move(part));
        }
        if (is_multipart) return open_multipart(std::move(part), boundary);
        open_message(std::move(part));
    }

    /// Fills the part from its header; gives the boundary that its type names.
    static std::string read_header(const Stretch& stretch, MimePart& part)
    {
        auto header = read_part_header(stretch.text, stretch.default_type);
        part.header = header.fields;
        part.late = header.late;
        part.body = header.body;
        part.is_attachment = part.is_attachment || !is_shown(header);
        part.type = std::move(header.type);
        part.charset = std::move(header.charset);
        part.encoding = header.encoding;
        part.is_message = stretch.is_message;
        if (part.is_message) {
            part.message = part.number;
            if (!part.type.starts_with("multipart/")) part.number = numbered(part.number, 1);
        }
        return std::move(header.boundary);
    }

    static std::string numbered(const std::string& around, std::size_t number)
    {
        const auto own = std::to_string(number);
        return around.empty() ? own : around + '.' + own;
    }

    void open_multipart(MimePart part, const std::string& boundary)
    {
        auto pieces = split_by(part.body, boundary);
        auto encoded_at = part.encoded_at;
        if (!pieces && part.encoding != TransferEncoding::identity) {  // RFC 2045 6.4 forbids it
            encoded_at = encoded_begin(part);
            const auto body = kept_body(part);
            if (body) pieces = split_by(*body, boundary);
        }
        if (!pieces) return add(std::move(part));

        Stretch child;
        child.depth = part.depth + 1;
        child.is_signed = part.is_signed || part.type == "multipart/signed";
        child.is_attachment = part.is_attachment;
        child.is_nested = part.is_nested;
        child.encoded_at = encoded_at;
        wait_for(*pieces, part, child);
        part.role = Role::container;
        add(std::move(part));
    }

    /// The first comes last, for it is taken first.
    void wait_for(const MultipartSplit& pieces, const MimePart& part, const Stretch& child)
    {
        const auto outside = [&](Role role, std::string_view text) {
            if (text.empty()) return;
            waiting_.push_back(child);
            waiting_.back().role = role;
            waiting_.back().text = text;
            waiting_.back().number = part.number;
        };
        outside(Role::epilogue, pieces.epilogue);
        for (auto number = pieces.parts.size(); number > 0; --number) {
            waiting_.push_back(child);
            waiting_.back().text = pieces.parts[number - 1];
            waiting_.back().number = numbered(part.number, number);
            if (part.type == "multipart/digest") waiting_.back().default_type = "message/rfc822";
        }
        outside(Role::preamble, pieces.preamble);
    }

    std::optional<MultipartSplit> split_by(std::string_view body, const std::string& boundary)
    {
        std::optional<MultipartSplit> pieces;
        if (!boundary.empty()) pieces = split_multipart(body, "--" + boundary, room());
        if (!pieces) {
            const auto delimiter = guessed_delimiter(body);
            if (!delimiter.empty()) pieces = split_multipart(body, delimiter, room());
        }
        if (pieces && pieces->parts.size() > room()) stop_at_parts();
        return pieces;
    }

    void open_message(MimePart part)
    {
        // RFC 2046 5.2.1 allows no base64 here; some say it, and not all of them mean it.
        if (part.encoding == TransferEncoding::base64 && begins_with_field(part.body)) {
            part.encoding = TransferEncoding::identity;
        }
        const auto encoded_at = encoded_begin(part);
        const auto body = kept_body(part);
        if (!body) return add(std::move(part));
        Stretch message{*body};
        message.depth = part.depth + 1;
        message.is_signed = part.is_signed;
        message.is_attachment = part.is_attachment;
        message.is_nested = true;
        message.number = part.number;
        message.is_message = true;
        message.encoded_at = encoded_at;
        waiting_.push_back(std::move(message));
        part.role = Role::container;
        add(std::move(part));
    }

    /// What the parts in this one have for `encoded_at`.
    std::size_t encoded_begin(const MimePart& part) const
    {
        const bool is_outermost =
            part.encoded_at == MimePart::kNotEncoded && part.encoding != TransferEncoding::identity;
        if (!is_outermost) return part.encoded_at;
        return static_cast<std::size_t>(part.body.data() - content_.data());
    }

    /// The body after its encoding, kept where it had one; none where that would be too much.
    std::optional<std::string_view> kept_body(const MimePart& part)
    {
        if (part.encoding == TransferEncoding::identity) return part.body;
        if (part.body.size() > limits_.decoded_bytes) {
            stop("too large a message inside");
            return std::nullopt;
        }
        limits_.decoded_bytes -= part.body.size();
        result_.decoded.push_back(
            std::make_unique<const std::string>(decoded(part.body, part.encoding)));
        return *result_.decoded.back();
    }

    void add(MimePart part) { result_.parts.push_back(std::move(part)); }

    void stop(std::string why)
    {
        if (result_.is_complete) result_.why = std::move(why);
        result_.is_complete = false;
    }
    void stop_at_parts() { stop(std::to_string(limits_.parts) + " parts"); }

    /// How many more parts there may be, those that wait counted.
    std::size_t room() const
    {
        const auto known = result_.parts.size() + waiting_.size() + 1;
        return known < limits_.parts ? limits_.parts - known : 0;
    }

    std::string_view content_;
    PartLimits limits_;
    std::vector<Stretch> waiting_;  // the next one last
    MimeParts result_;
};

}  // namespace

bool MimePart::is_of_message_type() const
{
    return type == "message/rfc822" || type == "message/global" || type == "message/partial" ||
           type == "message/news";
}

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
