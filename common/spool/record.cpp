#include "common/spool/record.h"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "common/base64.h"
#include "common/json_text.h"
#include "common/privacy/octet_masks.h"

namespace mail
{
namespace
{

/// A piece is handed on from here on, and grows by one part at a time: so it fits into what malloc
/// keeps, where one over 128 KiB is mapped and given back for each mail.
constexpr std::size_t kHandOnBytes = 112 * 1024;
constexpr std::size_t kPartBytes = 8 * 1024;
constexpr std::size_t kMembersBytes = 1024;  // beside the content, mostly
static_assert(kHandOnBytes <= kRecordPieceBytes);

/// Collects JSON and hands it on in pieces; after the sink's first error nothing more is given to
/// it.
class PieceWriter
{
public:
    /// bytes  about what the record will take
    PieceWriter(const RecordSink& sink, std::size_t bytes) : sink_(sink)
    {
        piece_.reserve(std::min(bytes, kHandOnBytes + kPartBytes));
    }

    void raw(std::string_view json) { piece_ += json; }

    void string(std::string_view text)
    {
        piece_ += '"';
        while (!text.empty()) {
            const std::string_view part = text.substr(0, kPartBytes);
            text.remove_prefix(part.size());
            append_escaped(piece_, part);
            hand_on_if_full();
        }
        piece_ += '"';
    }

    void base64(std::string_view octets)
    {
        constexpr std::size_t kStep = kPartBytes / 4 * 3;
        piece_ += '"';
        for (; !octets.empty(); octets.remove_prefix(std::min(kStep, octets.size()))) {
            piece_ += base64_encode(octets.substr(0, kStep));
            hand_on_if_full();
        }
        piece_ += '"';
    }

    Result<Done> finish()
    {
        hand_on();
        return state_;
    }

private:
    void hand_on_if_full()
    {
        if (piece_.size() >= kHandOnBytes) hand_on();
    }

    void hand_on()
    {
        if (state_) state_ = sink_(piece_);
        piece_.clear();
    }

    const RecordSink& sink_;
    std::string piece_;
    Result<Done> state_ = Done{};
};

const unsigned char* skip_ascii(const unsigned char* at, const unsigned char* end)
{
    using namespace privacy;
    for (; end - at >= static_cast<std::ptrdiff_t>(kOctets); at += kOctets) {
        const Octets octets = load_octets(reinterpret_cast<const char*>(at));
        if (const auto high = bits_of(octets_between(octets, 0x80, 0xff)); high != 0)
            return at + std::countr_zero(high);
    }
    while (at != end && *at < 0x80) ++at;
    return at;
}

bool is_writable(const Record& record)
{
    for (const std::string& recipient : record.envelope.recipients)
        if (!is_utf8(recipient)) return false;
    return is_utf8(record.envelope.reverse_path) && is_utf8(record.subject);
}

}  // namespace

Result<Done> encode_record(const Record& record, const RecordSink& sink)
{
    if (!is_writable(record))
        return Error{ErrorKind::malformed, "encode record " + record.id.hex() + ": not UTF-8"};
    const bool is_text = is_utf8(record.content);
    const std::size_t escaped = is_text ? escaped_size(record.content) : 0;
    const std::size_t in_base64 = base64_size(record.content.size());
    const bool as_text = is_text && escaped <= in_base64;
    PieceWriter out(sink, (as_text ? escaped : in_base64) + kMembersBytes);
    out.raw("{\"id\":\"" + record.id.hex() + "\",\"mail_from\":");
    out.string(record.envelope.reverse_path);
    out.raw(",\"rcpt_tos\":[");
    for (std::size_t i = 0; i < record.envelope.recipients.size(); ++i) {
        if (i != 0) out.raw(",");
        out.string(record.envelope.recipients[i]);
    }
    out.raw("],\"subject\":");
    out.string(record.subject);
    out.raw(",\"data\":");
    if (as_text)
        out.string(record.content);
    else
        out.base64(record.content);
    out.raw(as_text ? ",\"data_encoding\":\"utf-8\"" : ",\"data_encoding\":\"base64\"");
    out.raw(",\"timestamp\":");
    out.string(record.timestamp);
    out.raw(",\"sha256\":");
    out.string(record.sha256);
    if (record.envelope.smtputf8) out.raw(",\"smtputf8\":true");
    out.raw("}");
    return out.finish();
}

Result<std::string> encode_record(const Record& record)
{
    std::string json;
    const auto append = [&json](std::string_view piece) -> Result<Done> {
        json += piece;
        return Done{};
    };
    if (auto ok = encode_record(record, append); !ok) return std::move(ok).error();
    return json;
}

bool is_utf8(std::string_view octets) noexcept
{
    const auto* at = reinterpret_cast<const unsigned char*>(octets.data());
    const unsigned char* const end = at + octets.size();
    while (at != end) {
        at = skip_ascii(at, end);
        if (at == end) return true;
        const unsigned char lead = *at++;
        // RFC 3629 4: how many follow, and the narrower range of the first that does
        const int following = lead < 0xc2   ? 0
                              : lead < 0xe0 ? 1
                              : lead < 0xf0 ? 2
                              : lead < 0xf5 ? 3
                                            : 0;
        if (following == 0 || end - at < following) return false;
        const unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
        const unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
        if (*at < low || *at > high) return false;
        for (int i = 1; i < following; ++i)
            if ((at[i] & 0xc0) != 0x80) return false;
        at += following;
    }
    return true;
}

}  // namespace mail
