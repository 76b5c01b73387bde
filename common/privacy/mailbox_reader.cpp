#include "common/privacy/mailbox_reader.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "common/privacy/ascii.h"

namespace mail::privacy
{
namespace
{

struct Token {
    enum class Kind { word, quoted, literal, encoded_word, at, open, close, comma, colon };
    Kind kind = Kind::word;
    std::string_view text;
};
using Kind = Token::Kind;
using Tokens = std::vector<Token>;

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kStray = ")([\"\\";  // where they close, open and escape nothing
constexpr std::string_view kSpecials = "<>,;:@";
constexpr std::string_view kEndsWord = " \t\r\n<>,;:@()[\"\\";
constexpr std::size_t kLongestEncodedWord = 1000;  // RFC 2047 2 has 75

/// Cuts a field's body into tokens; white space and comments are between them. A quote, comment or
/// bracket that nobody closes is passed over, and so are those of its kind that follow: no part of
/// an address, so that an address that is replaced leaves the others where they were.
class Tokenizer
{
public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    Tokens read()
    {
        while (at_ < text_.size()) {
            const char c = text_[at_];
            if (kSpace.find(c) != kSpace.npos) {
                ++at_;
            } else if (c == '(' && comments_close_) {
                pass_comment();
            } else if (const auto special = kSpecials.find(c); special != kSpecials.npos) {
                take(kind_of(c), 1);
            } else if (c == '"' && quotes_close_) {
                take_closed(Kind::quoted, '"', quotes_close_);
            } else if (c == '[' && literals_close_) {
                take_closed(Kind::literal, ']', literals_close_);
            } else if (kStray.find(c) != kStray.npos) {
                ++at_;
            } else {
                take_word();
            }
        }
        return std::move(tokens_);
    }

private:
    static Kind kind_of(char special)
    {
        switch (special) {
            case '<':
                return Kind::open;
            case '>':
                return Kind::close;
            case ':':
                return Kind::colon;
            case '@':
                return Kind::at;
            default:
                return Kind::comma;  // `;` ends a group, and Outlook separates with it
        }
    }

    void take(Kind kind, std::size_t size)
    {
        tokens_.push_back({kind, text_.substr(at_, size)});
        at_ += size;
    }

    void take_closed(Kind kind, char closing, bool& can_close)
    {
        for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
            if (text_[end] == '\\') {
                ++end;
            } else if (text_[end] == closing) {
                return take(kind, end + 1 - at_);
            }
        }
        can_close = false;
    }

    void pass_comment()
    {
        std::size_t depth = 0;
        for (std::size_t end = at_; end < text_.size(); ++end) {
            if (text_[end] == '\\')
                ++end;
            else if (text_[end] == '(')
                ++depth;
            else if (text_[end] == ')' && --depth == 0) {
                at_ = end + 1;
                return;
            }
        }
        comments_close_ = false;
    }

    /// `=?utf-8?Q?Smith,_Ann?=`: what should be encoded in it often is not.
    std::size_t encoded_word_size() const
    {
        auto rest = text_.substr(at_, kLongestEncodedWord);
        if (!rest.starts_with("=?")) return 0;
        rest = rest.substr(0, rest.find_first_of(kSpace));
        const auto encoding = rest.find('?', 2);
        if (encoding == rest.npos || encoding + 2 >= rest.size() || rest[encoding + 2] != '?')
            return 0;
        const auto end = rest.find("?=", encoding + 3);
        return end == rest.npos ? 0 : end + 2;
    }

    void take_word()
    {
        if (const auto size = encoded_word_size()) return take(Kind::encoded_word, size);
        const auto end = text_.find_first_of(kEndsWord, at_ + 1);
        take(Kind::word, (end == text_.npos ? text_.size() : end) - at_);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Tokens tokens_;
    bool quotes_close_ = true;
    bool comments_close_ = true;
    bool literals_close_ = true;
};

bool is_local_piece(const Token& token)
{
    return token.kind == Kind::word || token.kind == Kind::quoted;
}

bool is_domain_piece(const Token& token)
{
    return token.kind == Kind::word || token.kind == Kind::literal;
}

/// Do two pieces belong together: `a . b`, `"a".b`?
bool are_joined(std::string_view first, std::string_view second)
{
    return first.data() + first.size() == second.data() || first.ends_with('.') ||
           second.starts_with('.');
}

/// Finds the addresses among the tokens.
class MailboxFinder
{
public:
    explicit MailboxFinder(Tokens tokens) : tokens_(std::move(tokens)) {}

    std::vector<MailboxSpan> find()
    {
        has_brackets_ = std::any_of(tokens_.begin(), tokens_.end(),
                                    [](const Token& t) { return t.kind == Kind::open; });
        std::size_t begin = 0;
        for (std::size_t at = 0; at <= tokens_.size(); ++at) {
            const auto kind = at == tokens_.size() ? Kind::comma : tokens_[at].kind;
            if (kind == Kind::colon) {
                begin = at + 1;  // the name of a group, or of a scheme: `mailto:`
            } else if (kind == Kind::comma) {
                read_item(begin, at, !has_brackets_);
                begin = at + 1;
            } else if (kind == Kind::open) {
                read_item(begin, at, false);
                at = read_brackets(at + 1);
                begin = at + 1;
            }
        }
        return std::move(found_);
    }

private:
    /// Gives the index of the closing bracket, or the last one.
    std::size_t read_brackets(std::size_t begin)
    {
        std::size_t end = begin;
        while (end < tokens_.size() && tokens_[end].kind != Kind::close &&
               tokens_[end].kind != Kind::open) {
            if (tokens_[end].kind == Kind::colon) begin = end + 1;  // after a route
            ++end;
        }
        read_item(begin, end, true);
        return end < tokens_.size() && tokens_[end].kind == Kind::open ? end - 1 : end;
    }

    /// The tokens between two commas, or between brackets.
    void read_item(std::size_t begin, std::size_t end, bool may_be_unqualified)
    {
        bool has_at = false;
        for (std::size_t at = begin; at < end; ++at) {
            if (tokens_[at].kind != Kind::at) continue;
            has_at = true;
            at = read_qualified(begin, at, end);
            begin = at + 1;
        }
        if (!has_at && may_be_unqualified) read_unqualified(begin, end);
    }

    /// An address around the `@` at this index; gives the index of its last token.
    std::size_t read_qualified(std::size_t begin, std::size_t at, std::size_t end)
    {
        // `a@b@c` is of the domain c.
        while (at + 2 < end && tokens_[at + 1].kind != Kind::at &&
               tokens_[at + 2].kind == Kind::at) {
            at += 2;
        }
        MailboxSpan address;
        auto first = at;
        while (first > begin && (tokens_[first - 1].kind == Kind::at ||
                                 (is_local_piece(tokens_[first - 1]) && joins(first - 1, at)))) {
            --first;
        }
        while (tokens_[first].kind == Kind::at && first < at) ++first;
        for (auto i = first; i < at; ++i) address.local.push_back(tokens_[i].text);
        auto last = at + 1;
        while (last < end && is_domain_piece(tokens_[last]) &&
               (last == at + 1 || are_joined(tokens_[last - 1].text, tokens_[last].text))) {
            address.domain.push_back(tokens_[last++].text);
        }
        while (!address.domain.empty() && address.domain.back() == ".") address.domain.pop_back();
        if (!address.local.empty() && !address.domain.empty()) found_.push_back(address);
        return last - 1;
    }

    /// Does the token belong to the local part before the `@` at this index?
    bool joins(std::size_t token, std::size_t at) const
    {
        const auto& next = tokens_[token + 1];
        return token + 1 == at || next.kind == Kind::at ||
               are_joined(tokens_[token].text, next.text);
    }

    void read_unqualified(std::size_t begin, std::size_t end)
    {
        MailboxSpan address;
        for (auto i = begin; i < end; ++i) {
            const bool goes_on = i == begin || are_joined(tokens_[i - 1].text, tokens_[i].text);
            if (!is_local_piece(tokens_[i]) || !goes_on) return;
            address.local.push_back(tokens_[i].text);
        }
        if (!address.local.empty()) found_.push_back(std::move(address));
    }

    Tokens tokens_;
    bool has_brackets_ = false;
    std::vector<MailboxSpan> found_;
};

std::string joined(const std::vector<std::string_view>& pieces)
{
    std::string text;
    for (const auto piece : pieces) text.append(piece);
    return text;
}

}  // namespace

std::string MailboxSpan::text() const
{
    return domain.empty() ? joined(local) : joined(local) + "@" + joined(domain);
}

std::vector<MailboxSpan> read_mailboxes(std::string_view field_body)
{
    return MailboxFinder(Tokenizer(field_body).read()).find();
}

}  // namespace mail::privacy
