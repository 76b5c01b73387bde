#include "common/privacy/encoded_words.h"

#include <optional>

#include "common/privacy/ascii.h"
#include "common/privacy/charset.h"
#include "common/privacy/transfer_decoding.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestCharset = 64;
constexpr std::size_t kMostCharsets = 32;  // opened for one text; the rest are unknown

/// `=?charset*language?encoding?text?=`, RFC 2047 section 2 and RFC 2231 section 5.
struct EncodedWord {
    std::string_view charset;
    char encoding = 'q';
    std::string_view text;
    std::size_t end = 0;  // after `?=`
};

/// Finds words from the front to the end, and never looks at a byte twice for their ends.
class WordFinder
{
public:
    explicit WordFinder(std::string_view text) : text_(text) {}

    std::optional<EncodedWord> word_at(std::size_t begin)
    {
        const auto after_charset =
            text_.substr(0, begin + 2 + kLongestCharset).find('?', begin + 2);
        if (after_charset == text_.npos || after_charset + 2 >= text_.size()) return std::nullopt;
        const char encoding = lower(text_[after_charset + 1]);
        if ((encoding != 'b' && encoding != 'q') || text_[after_charset + 2] != '?')
            return std::nullopt;

        const auto text_begin = after_charset + 3;
        const auto text_end = end_from(text_begin);
        if (text_end == text_.npos) return std::nullopt;
        const auto charset = text_.substr(begin + 2, after_charset - begin - 2);
        return EncodedWord{charset.substr(0, charset.find('*')), encoding,
                           text_.substr(text_begin, text_end - text_begin), text_end + 2};
    }

private:
    std::size_t end_from(std::size_t begin)
    {
        if (end_ == text_.npos) return end_;
        if (!searched_ || end_ < begin) end_ = text_.find("?=", begin);
        searched_ = true;
        return end_;
    }

    std::string_view text_;
    std::size_t end_ = 0;
    bool searched_ = false;
};

class WordDecoder
{
public:
    WordDecoder(std::string_view text, Charsets& charsets, std::string_view fallback)
        : text_(text), finder_(text), charsets_(charsets), fallback_(fallback)
    {
    }

    std::string decode()
    {
        std::size_t begin = text_.find("=?");
        while (begin != text_.npos) {
            const auto word = finder_.word_at(begin);
            Charset* charset = word ? charset_of(*word) : nullptr;
            if (charset != nullptr) take(begin, *word, *charset);
            begin = text_.find("=?", charset != nullptr ? word->end : begin + 2);
        }
        end_run();
        result_.append(text_.substr(plain_begin_));
        return repaired_utf8(result_);
    }

private:
    Charset* charset_of(const EncodedWord& word)
    {
        Charset* known = charsets_.find(word.charset);
        if (known != nullptr || fallback_.empty()) return known;
        return charsets_.find_fallback(fallback_);
    }

    /// White space between two words is not part of the text (RFC 2047 6.2).
    void take(std::size_t begin, const EncodedWord& word, Charset& charset)
    {
        const auto between = text_.substr(plain_begin_, begin - plain_begin_);
        const bool adjacent = run_charset_ != nullptr && trimmed(between).empty();
        if (!adjacent || run_charset_ != &charset) end_run();
        if (!adjacent) result_.append(between);
        run_charset_ = &charset;
        run_.append(word.encoding == 'b' ? decoded_base64(word.text) : decoded_q(word.text));
        plain_begin_ = word.end;
    }

    /// Words of one charset are converted together, as some mailers cut inside a character.
    void end_run()
    {
        if (run_charset_ != nullptr) result_.append(run_charset_->to_utf8(run_));
        run_charset_ = nullptr;
        run_.clear();
    }

    std::string_view text_;
    WordFinder finder_;
    Charsets& charsets_;
    std::string_view fallback_;
    std::string result_;
    std::size_t plain_begin_ = 0;
    std::string run_;
    Charset* run_charset_ = nullptr;
};

}  // namespace

std::string decoded_words(std::string_view text)
{
    Charsets charsets(kMostCharsets);
    return decoded_words(text, charsets);
}

std::string decoded_words(std::string_view text, Charsets& charsets, std::string_view fallback)
{
    return WordDecoder(text, charsets, fallback).decode();
}

}  // namespace mail::privacy
