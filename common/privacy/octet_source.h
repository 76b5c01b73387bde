/// A part's octets, decoded anew each time they are run through: nothing decoded is kept.
#pragma once

#include <string_view>

#include "common/privacy/charset.h"
#include "common/privacy/octet_sink.h"
#include "common/privacy/part_header.h"

namespace mail::privacy
{

class OctetSource
{
public:
    OctetSource(std::string_view text, TransferEncoding encoding) : text_(text), encoding_(encoding)
    {
    }

    /// The same octets, but only those in uuencoded blocks.
    [[nodiscard]] OctetSource of_uuencoded_blocks() const;
    /// Of plain octets, only those in blocks of base64.
    [[nodiscard]] OctetSource of_base64_blocks() const;
    /// The same octets as UTF-8 from their charset, which has to outlive the source.
    [[nodiscard]] OctetSource in_utf8_from(Charset& charset) const;

    /// As they stand in `text`: nothing is decoded.
    bool is_plain() const
    {
        return encoding_ == TransferEncoding::identity && blocks_ == Blocks::none &&
               charset_ == nullptr;
    }
    /// Not out of quoted-printable itself, and not a stretch of something else.
    bool may_hold_quoted() const
    {
        return blocks_ == Blocks::none &&
               (encoding_ == TransferEncoding::identity || encoding_ == TransferEncoding::base64);
    }
    bool is_of_blocks() const { return blocks_ != Blocks::none; }
    std::string_view text() const { return text_; }
    /// No more octets than this will come; but for a charset.
    std::size_t most() const;

    /// Runs all of them through, to their end or until the sink had enough; then finishes it.
    void run(OctetSink& sink) const;

private:
    enum class Blocks { none, uuencode, base64 };

    void run_decoded(OctetSink& sink) const;

    std::string_view text_;
    TransferEncoding encoding_;
    Blocks blocks_ = Blocks::none;
    Charset* charset_ = nullptr;
};

}  // namespace mail::privacy
