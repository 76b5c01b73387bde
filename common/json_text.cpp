#include "common/json_text.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "common/privacy/octet_masks.h"

namespace mail
{
namespace
{

using privacy::kOctets;

/// What a byte becomes inside a JSON string, by its length: 1 as it is, 2 `\n`, 6 `\u00xx`.
constexpr std::array<std::uint8_t, 256> kEscapedSize = [] {
    std::array<std::uint8_t, 256> sizes{};
    for (int c = 0; c < 256; ++c) sizes[c] = c < 0x20 ? 6 : 1;
    for (const char c : {'"', '\\', '\b', '\f', '\n', '\r', '\t'})
        sizes[static_cast<unsigned char>(c)] = 2;
    return sizes;
}();

std::uint8_t size_of(char c)
{
    return kEscapedSize[static_cast<unsigned char>(c)];
}

/// One bit for each of sixteen octets that has to be escaped.
std::uint64_t special_bits(const char* from)
{
    const privacy::Octets octets = privacy::load_octets(from);
    return privacy::bits_of(privacy::octets_between(octets, 0, 0x1f) |
                            privacy::octets_equal(octets, '"') |
                            privacy::octets_equal(octets, '\\'));
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

/// Gathers octets on their way into a string: a run between two escapes is mostly half a line, and
/// to append each by itself costs more than to copy it twice.
class Gatherer
{
public:
    explicit Gatherer(std::string& text) : text_(text) {}
    Gatherer(const Gatherer&) = delete;
    Gatherer& operator=(const Gatherer&) = delete;
    ~Gatherer() { text_.append(piece_.data(), size_); }

    /// The octets up to the first special one, from `at` on, which goes there; false at the end.
    bool copy_plain(std::string_view from, std::size_t& at)
    {
        for (; at + kOctets <= from.size(); at += kOctets) {
            make_room();
            std::memcpy(piece_.data() + size_, from.data() + at, kOctets);
            const auto bits = special_bits(from.data() + at);
            if (bits != 0) {
                const auto plain = static_cast<std::size_t>(std::countr_zero(bits));
                size_ += plain;
                at += plain;
                return true;
            }
            size_ += kOctets;
        }
        for (make_room(); at < from.size(); ++at) {
            if (size_of(from[at]) != 1) return true;
            piece_[size_++] = from[at];
        }
        return false;
    }

    void put(char c)
    {
        make_room();
        piece_[size_++] = c;
    }

    void put_escape(char c)
    {
        static constexpr char kHex[] = "0123456789abcdef";
        make_room();
        piece_[size_++] = '\\';
        if (size_of(c) == 2) {
            piece_[size_++] = short_escape(c);
            return;
        }
        for (const char one : {'u', '0', '0', kHex[c >> 4], kHex[c & 15]}) piece_[size_++] = one;
    }

private:
    void make_room()
    {
        if (size_ + kOctets <= piece_.size()) return;
        text_.append(piece_.data(), size_);
        size_ = 0;
    }

    std::string& text_;
    std::array<char, 2048> piece_;
    std::size_t size_ = 0;
};

int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/// What `\u00xx` stands for, of the four digits; -1 where it is above U+007F or no number.
int ascii_of(std::string_view digits)
{
    if (digits.size() != 4 || !digits.starts_with("00")) return -1;
    const int high = hex_digit(digits[2]);
    const int low = hex_digit(digits[3]);
    return high < 0 || high > 7 || low < 0 ? -1 : high << 4 | low;
}

/// What stands behind a backslash at `at`; -1 where it is left to others.
int unescaped(std::string_view json, std::size_t& at)
{
    if (at >= json.size()) return -1;
    switch (const char c = json[at++]) {
        case '"':
        case '\\':
        case '/':
            return c;
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'u':
            at += 4;
            return at > json.size() ? -1 : ascii_of(json.substr(at - 4, 4));
        default:
            return -1;
    }
}

}  // namespace

std::size_t escaped_size(std::string_view text) noexcept
{
    std::size_t size = text.size();
    std::size_t at = 0;
    for (; at + kOctets <= text.size(); at += kOctets)
        for (auto bits = special_bits(text.data() + at); bits != 0; bits &= bits - 1)
            size += size_of(text[at + static_cast<std::size_t>(std::countr_zero(bits))]) - 1u;
    for (; at < text.size(); ++at) size += size_of(text[at]) - 1u;
    return size;
}

void append_escaped(std::string& json, std::string_view text)
{
    Gatherer gathered(json);
    for (std::size_t at = 0; gathered.copy_plain(text, at); ++at) gathered.put_escape(text[at]);
}

void append_json_string(std::string& json, std::string_view text)
{
    json += '"';
    append_escaped(json, text);
    json += '"';
}

bool read_json_string(std::string_view json, std::size_t& at, std::string& text)
{
    if (at >= json.size() || json[at] != '"') return false;
    Gatherer gathered(text);
    for (++at; gathered.copy_plain(json, at);) {
        const char special = json[at++];
        if (special == '"') return true;
        if (special != '\\') return false;  // a control character
        const int octet = unescaped(json, at);
        if (octet < 0) return false;
        gathered.put(static_cast<char>(octet));
    }
    return false;
}

}  // namespace mail
