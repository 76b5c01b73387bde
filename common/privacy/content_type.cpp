#include "common/privacy/content_type.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "common/privacy/ascii.h"
#include "common/privacy/charset.h"
#include "common/privacy/message_view.h"
#include "common/privacy/percent_text.h"
#include "common/privacy/utf8.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kMostPieces = 1000;
constexpr std::size_t kMostCharsets = 32;  // of one field; the rest are unknown

/// One parameter as it stands, before RFC 2231 has put the pieces together.
struct Piece {
    std::string name;
    unsigned number = 0;
    bool is_extended = false;  // `name*=` or `name*1*=`: percent-encoded
    std::string value;
};

class Scanner
{
public:
    explicit Scanner(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ >= text_.size(); }

    /// Up to the first of `stops`; comments and blanks around it are passed over.
    std::string_view word(std::string_view stops)
    {
        skip_space();
        const auto begin = at_;
        while (!at_end() && stops.find(text_[at_]) == stops.npos && text_[at_] != '(') ++at_;
        const auto result = trimmed(text_.substr(begin, at_ - begin));
        skip_space();
        return result;
    }

    /// A quoted string without its quotes, or the word up to the next semicolon.
    std::string value()
    {
        skip_space();
        if (at_end() || text_[at_] != '"') return std::string(word(";"));
        std::string result;
        for (++at_; !at_end() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            result.push_back(text_[at_]);
        }
        skip('"');
        return result;
    }

    bool skip(char c)
    {
        if (at_end() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    void skip_past(char c)
    {
        at_ = std::min(text_.find(c, at_), text_.size());
        skip(c);
    }

private:
    void skip_space()
    {
        unsigned depth = 0;
        for (; !at_end(); ++at_) {
            const char c = text_[at_];
            if (c == '(') {
                ++depth;
            } else if (depth > 0) {
                if (c == '\\' && at_ + 1 < text_.size()) ++at_;
                if (c == ')') --depth;
            } else if (!is_blank(c) && c != '\r' && c != '\n') {
                return;
            }
        }
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

/// `name*1*` says: the second piece, percent-encoded (RFC 2231 section 4.1).
Piece piece_of(std::string_view name, std::string value)
{
    Piece piece{lowered(name), 0, false, std::move(value)};
    const auto star = piece.name.find('*');
    if (star == piece.name.npos) return piece;
    piece.is_extended = piece.name.ends_with('*');
    const char* number = piece.name.data() + star + 1;
    std::from_chars(number, piece.name.data() + piece.name.size(), piece.number);
    piece.name.resize(star);
    return piece;
}

/// The pieces of one name, in the order of their numbers, as one value.
std::string joined(const std::vector<const Piece*>& pieces, Charsets& charsets)
{
    std::string charset;
    std::string value;
    for (const auto* piece : pieces) {
        std::string_view text = piece->value;
        if (piece->is_extended && piece == pieces.front()) {  // charset'language'text
            const auto language = text.find('\'');
            const auto rest = language == text.npos ? text.npos : text.find('\'', language + 1);
            if (rest != text.npos) {
                charset = std::string(text.substr(0, language));
                text.remove_prefix(rest + 1);
            }
        }
        value.append(piece->is_extended ? percent_decoded(text) : std::string(text));
    }
    if (charset.empty()) return value;
    Charset* known = charsets.find(charset);
    return known != nullptr ? known->to_utf8(value) : repaired_utf8(value);
}

/// The pieces put together, in the order in which their names first stand.
std::vector<std::pair<std::string, std::string>> put_together(std::vector<Piece> pieces,
                                                              Charsets& charsets)
{
    std::vector<std::string> names;
    std::map<std::string, std::vector<const Piece*>> by_name;
    std::stable_sort(pieces.begin(), pieces.end(),
                     [](const Piece& a, const Piece& b) { return a.number < b.number; });
    for (const auto& piece : pieces) {
        auto& all = by_name[piece.name];
        if (all.empty()) names.push_back(piece.name);
        if (all.empty() || piece.number > all.back()->number) all.push_back(&piece);
    }
    std::vector<std::pair<std::string, std::string>> parameters;
    for (auto& name : names) {
        auto value = joined(by_name.at(name), charsets);
        parameters.emplace_back(std::move(name), std::move(value));
    }
    return parameters;
}

}  // namespace

std::string_view ParameterizedValue::parameter(std::string_view name) const
{
    for (const auto& [known, given] : parameters) {
        if (known == name) return given;
    }
    return {};
}

ParameterizedValue parse_parameterized(std::string_view field_body)
{
    Charsets charsets(kMostCharsets);
    return parse_parameterized(field_body, charsets);
}

ParameterizedValue parse_parameterized(std::string_view field_body, Charsets& charsets)
{
    ParameterizedValue result;
    const auto line = unfolded(field_body);
    Scanner scanner(line);
    result.value = lowered(scanner.word(";"));

    std::vector<Piece> pieces;
    while (!scanner.at_end() && pieces.size() < kMostPieces) {
        scanner.skip_past(';');
        const auto name = scanner.word("=;");
        if (!scanner.skip('=')) continue;
        auto value = scanner.value();
        if (!name.empty()) pieces.push_back(piece_of(name, std::move(value)));
    }
    result.is_complete = scanner.at_end();
    result.parameters = put_together(std::move(pieces), charsets);
    return result;
}

}  // namespace mail::privacy
