#include "postman/gmail/address_list.h"

#include <cstddef>

#include "common/privacy/ascii.h"

namespace postman
{
namespace
{

using mail::privacy::equals_ignoring_case;
using mail::privacy::lowered;

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kSpecials = "<>,;:@";
constexpr std::string_view kAtomSpecials = "!#$%&'*+-/=?^_`{|}~.";  // RFC 5322 3.2.3, and the dot

struct Token {
    enum class Kind { atom, quoted, literal, special };
    Kind kind = Kind::atom;
    std::string_view text;

    bool is(char special) const { return kind == Kind::special && text.front() == special; }
    bool is_word() const { return kind == Kind::atom || kind == Kind::quoted; }
};
using Tokens = std::vector<Token>;

bool is_atom_octet(char c)
{
    return static_cast<unsigned char>(c) >= 0x80 || mail::privacy::is_letter(c) ||
           mail::privacy::is_digit(c) || kAtomSpecials.find(c) != kAtomSpecials.npos;
}

bool is_control(char c)
{
    return static_cast<unsigned char>(c) < ' ' || c == '\x7f';
}

/// Cuts a field's body into tokens; nothing at the first octet that has no place there.
class Tokenizer
{
public:
    explicit Tokenizer(std::string_view text) : text_(text) {}

    std::optional<Tokens> read()
    {
        while (at_ < text_.size())
            if (!take_next()) return std::nullopt;
        return std::move(tokens_);
    }

private:
    bool take_next()
    {
        const char c = text_[at_];
        if (kSpace.find(c) != kSpace.npos) return ++at_, true;
        if (c == '(') return pass_comment();
        if (c == '"') return take_closed(Token::Kind::quoted, '"');
        if (c == '[') return take_closed(Token::Kind::literal, ']');
        if (kSpecials.find(c) != kSpecials.npos) return take(Token::Kind::special, 1), true;
        std::size_t length = 0;
        while (at_ + length < text_.size() && is_atom_octet(text_[at_ + length])) ++length;
        return length > 0 && (take(Token::Kind::atom, length), true);
    }
    bool pass_comment()
    {
        std::size_t depth = 0;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\\' && ++at_ == text_.size()) return false;
            if (c == '(') ++depth;
            if (c == ')' && --depth == 0) return ++at_, true;
        }
        return false;
    }
    bool take_closed(Token::Kind kind, char close)
    {
        for (std::size_t end = at_ + 1; end < text_.size(); ++end) {
            const char c = text_[end];
            if (c == close) return take(kind, end + 1 - at_), true;
            if (is_control(c) && kSpace.find(c) == kSpace.npos) return false;
            if (c == '\\' && ++end == text_.size()) return false;
            if (c == '[' && kind == Token::Kind::literal) return false;
        }
        return false;
    }
    void take(Token::Kind kind, std::size_t length)
    {
        tokens_.push_back({kind, text_.substr(at_, length)});
        at_ += length;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Tokens tokens_;
};

bool is_dot_atom(std::string_view text)
{
    return !text.empty() && text.front() != '.' && text.back() != '.' &&
           text.find("..") == text.npos;
}

/// addr-spec = local-part "@" domain (RFC 5322 3.4.1), at `tokens[at]`; moves `at` behind it.
std::optional<std::string> take_address(const Tokens& tokens, std::size_t& at)
{
    if (at + 2 >= tokens.size() || !tokens[at].is_word() || !tokens[at + 1].is('@'))
        return std::nullopt;
    const Token& local = tokens[at];
    const Token& domain = tokens[at + 2];
    if (local.kind == Token::Kind::atom && !is_dot_atom(local.text)) return std::nullopt;
    if (domain.kind == Token::Kind::atom && !is_dot_atom(domain.text)) return std::nullopt;
    if (!(domain.kind == Token::Kind::atom || domain.kind == Token::Kind::literal))
        return std::nullopt;
    std::string address(local.text);
    address.append("@").append(domain.text);
    // A folded quote or literal, and what a reader may take for RFC 2047, is no plain address.
    if (address.find_first_of("\r\n") != address.npos || address.find("=?") != address.npos)
        return std::nullopt;
    at += 3;
    return address;
}

class ListReader
{
public:
    explicit ListReader(const Tokens& tokens) : tokens_(tokens) {}

    std::optional<std::vector<std::string>> read()
    {
        while (at_ < tokens_.size()) {
            if (tokens_[at_].is(',')) {
                ++at_;  // RFC 5322 4.4: elements may be empty
            } else if (in_group_ && tokens_[at_].is(';')) {
                ++at_;
                in_group_ = false;
                if (!is_at_border()) return std::nullopt;
            } else if (!take_element()) {
                return std::nullopt;
            }
        }
        if (in_group_) return std::nullopt;
        return std::move(addresses_);
    }

private:
    /// A mailbox, or the name and colon that begin a group.
    bool take_element()
    {
        const std::size_t begin = at_;
        if (auto address = take_address(tokens_, at_)) {
            if (is_at_border()) return addresses_.push_back(std::move(*address)), true;
            // `ann@example.org <ann@example.org>`: no name by the letter, and meant as one.
            const auto bracketed = take_bracketed();
            return bracketed && is_at_border() && equals_ignoring_case(*bracketed, *address) &&
                   (addresses_.push_back(*bracketed), true);
        }
        at_ = begin;
        while (at_ < tokens_.size() && tokens_[at_].is_word()) ++at_;
        if (at_ < tokens_.size() && tokens_[at_].is(':') && at_ > begin && !in_group_)
            return ++at_, in_group_ = true;
        auto address = take_bracketed();
        return address && is_at_border() && (addresses_.push_back(std::move(*address)), true);
    }
    std::optional<std::string> take_bracketed()
    {
        if (at_ >= tokens_.size() || !tokens_[at_].is('<')) return std::nullopt;
        ++at_;
        auto address = take_address(tokens_, at_);
        if (!address || at_ >= tokens_.size() || !tokens_[at_].is('>')) return std::nullopt;
        ++at_;
        return address;
    }
    bool is_at_border() const
    {
        return at_ >= tokens_.size() || tokens_[at_].is(',') || (in_group_ && tokens_[at_].is(';'));
    }

    const Tokens& tokens_;
    std::size_t at_ = 0;
    bool in_group_ = false;
    std::vector<std::string> addresses_;
};

/// `"a.b"` says the same as `a.b` (RFC 5321 4.1.2).
std::string unquoted(std::string_view local)
{
    if (local.size() < 2 || local.front() != '"' || local.back() != '"') return std::string(local);
    std::string text;
    for (std::size_t i = 1; i + 1 < local.size(); ++i) {
        if (local[i] == '\\' && i + 2 < local.size()) ++i;
        text += local[i];
    }
    return text;
}

}  // namespace

std::optional<std::vector<std::string>> read_address_list(std::string_view field_body)
{
    const auto tokens = Tokenizer(field_body).read();
    if (!tokens) return std::nullopt;
    return ListReader(*tokens).read();
}

bool is_plain_address(std::string_view text)
{
    const auto list = read_address_list(text);
    return list && list->size() == 1 && list->front() == text;
}

std::string address_key(std::string_view address)
{
    const std::size_t at = address.rfind('@');
    if (at == address.npos) return lowered(address);
    return lowered(unquoted(address.substr(0, at))) + "@" + lowered(address.substr(at + 1));
}

}  // namespace postman
