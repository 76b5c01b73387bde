/// The search: is a value of the origin there, in any usual form?
///
/// From the values, every form is made once. Words, names and paths go into one automaton;
/// addresses are read off the text by their own reader, so that a network's borders are exact and
/// `110.0.0.53` is not `10.0.0.5`. Decoding is not done here: streams.h gives the text, decoded.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/privacy/origin_values.h"

namespace mail::privacy
{

/// In which form a value stands. Every one can be left out (FormSet), for the proof that each is
/// needed.
enum class Form : std::uint8_t {
    plain,         // as written, case folded; an address dotted or compressed
    zero_padded,   // 010.000.000.005
    integer,       // 167772165
    hexadecimal,   // 0x0a000005, 0a000005, 0a.00.00.05
    octal,         // 012.0.0.05, 01200000005
    full_ipv6,     // 2001:0db8:0000:…
    mapped_ipv6,   // ::ffff:10.0.0.5, ::ffff:0a00:0005, IPv6:::ffff:…
    reverse_name,  // 5.0.0.10.in-addr.arpa, the nibbles of ip6.arpa, 5.0.0.10.static…
    dashed,        // ip-10-0-0-5
    short_name,    // web1 of web1.corp.example; in headers only
    punycode,      // xn--… of a name in Unicode
    unicode,       // the Unicode of a name in punycode
    base64,        // the value inside base64 that no decoder was shown, in its 3 alignments
};
inline constexpr std::size_t kForms = 13;
using FormSet = std::bitset<kForms>;
[[nodiscard]] inline FormSet all_forms()
{
    return FormSet().set();
}
[[nodiscard]] std::string_view form_name(Form form) noexcept;  // "zero-padded", for people

/// What kind of place is searched: short names count in headers only.
enum class Region : std::uint8_t { envelope, header, text, attachment };

/// What the octets are: a text, or whatever a token decodes to (a signature, say). Words of few
/// letters come by chance in the latter, as they do in attachments.
enum class Contents : std::uint8_t { text, octets };

struct OriginHit {
    std::size_t value = 0;  // index in the values
    Form form = Form::plain;
    std::uint64_t begin = 0;  // octets of the stream
    std::uint64_t end = 0;
};

/// A form as it is looked for, for people: `postmaster origin`.
struct SearchedForm {
    Form form = Form::plain;
    std::string text;  // "5.0.0.10.in-addr.arpa"; for a network, in words
};

class OriginScan;

/// Made once for a set of values; then const, and for many threads.
class OriginSearch
{
public:
    explicit OriginSearch(OriginValues values, FormSet forms = all_forms());
    ~OriginSearch();
    OriginSearch(const OriginSearch&) = delete;
    OriginSearch& operator=(const OriginSearch&) = delete;

    [[nodiscard]] const OriginValues& values() const;
    /// Every form in which the value of this index is looked for.
    [[nodiscard]] std::vector<SearchedForm> forms_of(std::size_t value) const;
    /// All of one text.
    [[nodiscard]] std::vector<OriginHit> find(std::string_view text, Region region) const;
    [[nodiscard]] bool is_empty() const { return values().all().empty(); }

private:
    friend class OriginScan;
    struct Engine;
    std::unique_ptr<const Engine> engine_;
};

/// One stream, fed piece by piece: what is found does not depend on where the pieces are cut.
/// Of the same value in the same form, the first few hits are told. Memory is constant.
class OriginScan
{
public:
    explicit OriginScan(const OriginSearch& search);
    ~OriginScan();
    OriginScan(const OriginScan&) = delete;
    OriginScan& operator=(const OriginScan&) = delete;

    /// Begins another stream at octet 0; cheap, so one scan serves all streams of a mail.
    void begin(Region region, Contents contents = Contents::text);
    /// Appends what was found to `hits`; a hit may be told only with a later piece, or by end().
    void feed(std::string_view octets, std::vector<OriginHit>& hits);
    void end(std::vector<OriginHit>& hits);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace mail::privacy
