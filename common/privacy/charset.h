/// Text in a named charset -> UTF-8, by iconv(3); UTF-16 and UTF-32 by hand, since mail often does
/// not say in which order their octets stand.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mail::privacy
{

/// One charset, opened once for many texts. Not for two threads at a time.
class Charset
{
public:
    /// The names are those of MIME ("utf-8", "iso-8859-15", "shift_jis"); a name that iconv does
    /// not know, or that means something else to it ("", "char", "utf-8//translit"), gives none.
    static std::optional<Charset> open(std::string_view name);

    Charset(Charset&& other) noexcept;
    Charset& operator=(Charset&& other) noexcept;
    Charset(const Charset&) = delete;
    Charset& operator=(const Charset&) = delete;
    ~Charset();

    /// Always valid UTF-8: what the charset does not have becomes U+FFFD.
    [[nodiscard]] std::string to_utf8(std::string_view octets);

    /// The same piece by piece: begin(), then append() for each, then append_end(). A character may
    /// be cut between two pieces.
    void begin();
    void append(std::string_view octets, std::string& utf8);
    void append_end(std::string& utf8);
    /// Octets that were no character, since begin().
    std::size_t errors() const { return errors_; }

private:
    enum class Kind { utf8, utf16, utf32, single_octet, by_iconv };
    enum class Order { unknown, big, little };

    Charset(Kind kind, Order order, void* handle) : kind_(kind), order_(order), handle_(handle) {}

    // Each says how many octets it took; the rest is the front of a character.
    std::size_t append_some(std::string_view octets, bool is_end, std::string& utf8);
    std::size_t append_utf8(std::string_view octets, bool is_end, std::string& utf8);
    std::size_t append_wide(std::string_view octets, bool is_end, std::string& utf8);
    std::size_t append_by_table(std::string_view octets, std::string& utf8);
    std::size_t append_by_iconv(std::string_view octets, bool is_end, std::string& utf8);
    void read_table();
    void append_unit(char32_t unit, std::string& utf8);
    void append_error(std::string& utf8);

    Kind kind_;
    Order order_;                          // as the name says
    void* handle_;                         // iconv_t; null where there is none
    std::vector<std::string> characters_;  // of each octet, where each is one; else empty
    bool is_first_ = true;
    bool is_big_ = true;  // the order that the text has
    char32_t high_surrogate_ = 0;
    std::string kept_;  // octets of a character that is not whole yet
    std::size_t errors_ = 0;
};

/// The same for one text; none where the charset is unknown.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset);

/// Opened for one message.
inline constexpr std::size_t kCharsetsOfMessage = 64;

/// Charsets by their names, each opened once: opening is slow.
class Charsets
{
public:
    explicit Charsets(std::size_t most) : most_(most) {}

    /// Null where the charset is unknown, or one too many.
    Charset* find(std::string_view name);
    /// The same, for the one that is taken where a name is not known: there may always be one more.
    Charset* find_fallback(std::string_view name);
    bool is_full() const { return opened_.size() >= most_; }

private:
    Charset* find_among(std::string_view name, std::size_t most);

    std::size_t most_;
    std::map<std::string, std::optional<Charset>, std::less<>> opened_;
};

}  // namespace mail::privacy
