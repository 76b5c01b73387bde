/// What occurs in a part, so that only decoders run that can change something.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/privacy/octet_sink.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{

struct TextTraits {
    bool has_non_ascii = false;  // octets over 127
    bool has_nul = false;
    bool has_shift = false;  // escape, shift in and out: another charset may begin (ISO 2022)
    bool has_percent = false;
    bool has_ampersand = false;
    bool has_less_than = false;
    bool has_begin = false;    // the word `begin`: of uuencode, perhaps
    bool has_quoted = false;   // `=2E`, or `=` at a line's end: of quoted-printable, perhaps
    bool has_archive = false;  // what a zip's or gzip's member begins with
    bool is_utf8 = true;       // as far as that was asked for
};

/// Is there quoted-printable in the piece? At its end it may say yes too often.
[[nodiscard]] bool may_have_quoted(std::string_view piece);

/// Reads them off pieces, at several gigabytes a second.
class TraitsReader : public OctetSink
{
public:
    enum class Utf8 { unchecked, checked };

    explicit TraitsReader(Utf8 utf8 = Utf8::unchecked) : checks_utf8_(utf8 == Utf8::checked) {}

    bool feed(std::string_view octets) override;
    /// Of all that came.
    TextTraits traits() const;
    /// The front, up to kFront octets: what kind of text it is, shows there.
    std::string_view front() const { return front_; }

    static constexpr std::size_t kFront = 1024;

private:
    void look_for_marks(std::string_view octets);
    void look_closely(std::string_view octets);

    bool checks_utf8_;
    Utf8Check utf8_;
    std::uint8_t seen_ = 0;
    bool has_begin_ = false;
    bool has_quoted_ = false;
    bool has_archive_ = false;
    std::string front_;
    std::string tail_;  // the last octets, where a mark may be cut
};

}  // namespace mail::privacy
