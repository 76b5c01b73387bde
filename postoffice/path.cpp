#include "postoffice/path.h"

#include <algorithm>

namespace postoffice
{
namespace
{

bool is_control(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

bool is_high(char c)
{
    return static_cast<unsigned char>(c) >= 0x80;
}

// Characters that an unquoted local part cannot hold (RFC 5322 3.2.3 specials, less the dot).
bool is_atom_byte(char c)
{
    return c > ' ' && c != 0x7f &&
           std::string_view("()<>[]:;@\\,\"").find(c) == std::string_view::npos;
}

bool is_local_byte(char c)
{
    return is_high(c) || is_atom_byte(c);
}

bool is_label_byte(char c)
{
    return is_high(c) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

// One pass over the text between < and >.
class Cursor
{
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }
    bool at(char c) const { return !at_end() && text_[at_] == c; }
    bool skip(char c) { return at(c) && ++at_; }
    std::size_t position() const { return at_; }
    std::string_view since(std::size_t start) const { return text_.substr(start, at_ - start); }
    std::string_view rest() const { return text_.substr(at_); }

    template <class Predicate>
    std::size_t skip_while(Predicate predicate)
    {
        const std::size_t start = at_;
        while (!at_end() && predicate(text_[at_])) ++at_;
        return at_ - start;
    }

    // "..." with \x pairs (RFC 5321 Quoted-string); the closing quote included.
    bool skip_quoted()
    {
        if (!skip('"')) return false;
        while (!at_end() && !at('"')) {
            if (text_[at_] == '\\') ++at_;
            if (at_end()) return false;
            ++at_;
        }
        return skip('"');
    }

    // [192.0.2.1], [IPv6:2001:db8::1], [tag:...] (RFC 5321 4.1.3)
    bool skip_literal()
    {
        const auto is_literal_byte = [](char c) {
            return c > ' ' && c < 0x7f && c != '[' && c != ']' && c != '\\';
        };
        return skip('[') && skip_while(is_literal_byte) > 0 && skip(']');
    }

    bool skip_domain()
    {
        if (at('[')) return skip_literal();
        do {
            if (skip_while(is_label_byte) == 0) return false;
            if (!at('.')) return true;
        } while (skip('.') && !at('>') && !at(',') && !at(':'));
        return true;  // a last dot: the root, written out
    }

    // @a,@b: before the mailbox: read and thrown away (RFC 5321 appendix C, F.2)
    bool skip_source_route()
    {
        if (!at('@')) return true;
        do {
            if (!skip('@') || !skip_domain()) return false;
        } while (skip(','));
        return skip(':');
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

bool is_ascii(std::string_view text)
{
    return std::none_of(text.begin(), text.end(), is_high);
}

}  // namespace

std::variant<Path, PathFault> parse_path(std::string_view text)
{
    if (std::any_of(text.begin(), text.end(), is_control)) return PathFault::control;

    Cursor cursor(text);
    if (!cursor.skip('<')) return PathFault::syntax;
    if (cursor.skip('>')) return Path{{}, cursor.rest(), true};
    // qmail's and nullmailer's mark for a bounce of a bounce.
    if (cursor.rest().starts_with("#@[]>")) return Path{{"#@[]"}, cursor.rest().substr(5), true};
    if (!cursor.skip_source_route()) return PathFault::syntax;

    const std::size_t start = cursor.position();
    const bool has_local =
        cursor.at('"') ? cursor.skip_quoted() : cursor.skip_while(is_local_byte) > 0;
    if (!has_local) return PathFault::syntax;

    if (cursor.skip('@')) {
        const std::size_t domain = cursor.position();
        if (!cursor.skip_domain()) return PathFault::syntax;
        if (cursor.since(domain).size() > kMaxDomainBytes) return PathFault::too_long;
    }
    const std::string_view mailbox = cursor.since(start);
    if (!cursor.skip('>')) return PathFault::syntax;
    if (mailbox.size() + 2 > kMaxPathBytes) return PathFault::too_long;
    return Path{std::string(mailbox), cursor.rest(), is_ascii(mailbox)};
}

}  // namespace postoffice
