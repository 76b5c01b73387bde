#include "common/spool/record.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>

#include "common/base64.h"

namespace mail
{
namespace
{

/// What a byte becomes inside a JSON string (RFC 8259 7), by its length: 1 as it is, 2 `\n`, 6
/// `\u00xx`.
constexpr std::array<std::uint8_t, 256> kEscapedSize = [] {
    std::array<std::uint8_t, 256> sizes{};
    for (int c = 0; c < 256; ++c) sizes[c] = c < 0x20 ? 6 : 1;
    for (const char c : {'"', '\\', '\b', '\f', '\n', '\r', '\t'})
        sizes[static_cast<unsigned char>(c)] = 2;
    return sizes;
}();

std::size_t escaped_size(std::string_view text)
{
    std::size_t size = 0;
    for (const char c : text) size += kEscapedSize[static_cast<unsigned char>(c)];
    return size;
}

char short_escape(char c)
{
    switch (c) {
        case '\b':
            return 'b';
        case '\f':
            return 'f';
        case '\n':
            return 'n';
        case '\r':
            return 'r';
        case '\t':
            return 't';
        default:
            return c;  // the quote and the backslash
    }
}

/// Collects JSON and hands it on in pieces; after the sink's first error nothing more is given to
/// it.
class PieceWriter
{
public:
    explicit PieceWriter(const RecordSink& sink) : sink_(sink) {}

    void raw(std::string_view json) { piece_ += json; }

    void string(std::string_view text)
    {
        piece_ += '"';
        while (!text.empty()) {
            const std::string_view part = text.substr(0, kRecordPieceBytes / 2);
            text.remove_prefix(part.size());
            escape(part);
            hand_on_if_full();
        }
        piece_ += '"';
    }

    void base64(std::string_view octets)
    {
        constexpr std::size_t kStep = kRecordPieceBytes / 4 * 3 / 3 * 3;
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
    void escape(std::string_view text)
    {
        static constexpr char kHex[] = "0123456789abcdef";
        std::size_t plain = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const std::uint8_t size = kEscapedSize[static_cast<unsigned char>(text[i])];
            if (size == 1) continue;
            piece_ += text.substr(plain, i - plain);
            plain = i + 1;
            piece_ += '\\';
            if (size == 2) {
                piece_ += short_escape(text[i]);
            } else {
                piece_ += "u00";
                piece_ += kHex[text[i] >> 4];
                piece_ += kHex[text[i] & 15];
            }
        }
        piece_ += text.substr(plain);
    }

    void hand_on_if_full()
    {
        if (piece_.size() >= kRecordPieceBytes) hand_on();
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
    PieceWriter out(sink);
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
    const bool as_text = is_utf8(record.content) &&
                         escaped_size(record.content) <= base64_size(record.content.size());
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

std::string sha256_hex(std::string_view octets)
{
    static constexpr char kHex[] = "0123456789abcdef";
    std::array<unsigned char, 32> digest{};
    unsigned int size = 0;
    if (EVP_Digest(octets.data(), octets.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available");
    std::string text;
    text.reserve(64);
    for (const unsigned char byte : digest) {
        text += kHex[byte >> 4];
        text += kHex[byte & 15];
    }
    return text;
}

bool is_utf8(std::string_view octets) noexcept
{
    const auto* at = reinterpret_cast<const unsigned char*>(octets.data());
    const unsigned char* const end = at + octets.size();
    while (at != end) {
        const unsigned char lead = *at++;
        if (lead < 0x80) continue;
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
