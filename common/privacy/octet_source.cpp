#include "common/privacy/octet_source.h"

#include <algorithm>
#include <string>

#include "common/privacy/transfer_decoding.h"
#include "common/privacy/uuencode.h"

namespace mail::privacy
{
namespace
{

void run_plain(std::string_view text, OctetSink& sink)
{
    constexpr std::size_t kPiece = OctetBuffer::kSize;
    for (; !text.empty(); text.remove_prefix(std::min(kPiece, text.size()))) {
        if (!sink.feed(text.substr(0, kPiece))) break;
    }
    sink.finish();
}

class CharsetDecoder : public OctetSink
{
public:
    CharsetDecoder(Charset& charset, OctetSink& utf8) : charset_(charset), out_(utf8)
    {
        charset_.begin();
    }

    bool feed(std::string_view octets) override
    {
        for (; !octets.empty(); octets.remove_prefix(std::min(kPiece, octets.size()))) {
            utf8_.clear();
            charset_.append(octets.substr(0, kPiece), utf8_);
            if (!utf8_.empty() && !out_.feed(utf8_)) return false;
        }
        return true;
    }

    void finish() override
    {
        utf8_.clear();
        charset_.append_end(utf8_);
        if (!utf8_.empty()) out_.feed(utf8_);
        out_.finish();
    }

private:
    static constexpr std::size_t kPiece = OctetBuffer::kSize;

    Charset& charset_;
    OctetSink& out_;
    std::string utf8_;
};

}  // namespace

OctetSource OctetSource::of_uuencoded_blocks() const
{
    auto source = *this;
    source.blocks_ = Blocks::uuencode;
    return source;
}

OctetSource OctetSource::of_base64_blocks() const
{
    auto source = *this;
    source.blocks_ = Blocks::base64;
    return source;
}

OctetSource OctetSource::in_utf8_from(Charset& charset) const
{
    auto source = *this;
    source.charset_ = &charset;
    return source;
}

std::size_t OctetSource::most() const
{
    const bool is_base64 = encoding_ == TransferEncoding::base64 || blocks_ != Blocks::none;
    return is_base64 ? text_.size() / 4 * 3 + 3 : text_.size();
}

void OctetSource::run(OctetSink& sink) const
{
    if (charset_ == nullptr) return run_decoded(sink);
    CharsetDecoder decoder(*charset_, sink);
    run_decoded(decoder);
}

void OctetSource::run_decoded(OctetSink& sink) const
{
    if (blocks_ == Blocks::base64) return decode_base64_blocks(text_, sink);
    if (blocks_ == Blocks::uuencode) {
        UuencodeDecoder blocks(sink);
        OctetSource(text_, encoding_).run(blocks);
        return;
    }
    switch (encoding_) {
        case TransferEncoding::base64:
            return decode_base64(text_, sink);
        case TransferEncoding::quoted_printable:
            return decode_quoted_printable(text_, sink);
        case TransferEncoding::uuencode: {
            UuencodeDecoder blocks(sink);
            return run_plain(text_, blocks);
        }
        case TransferEncoding::identity:
            return run_plain(text_, sink);
    }
}

}  // namespace mail::privacy
