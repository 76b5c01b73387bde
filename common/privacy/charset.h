/// Text in a named charset -> UTF-8, by iconv(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

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

private:
    explicit Charset(void* handle) : handle_(handle) {}
    void* handle_;  // iconv_t; null where the bytes are UTF-8 already
};

/// The same for one text; none where the charset is unknown.
[[nodiscard]] std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset);

}  // namespace mail::privacy
