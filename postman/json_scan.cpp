#include "postman/json_scan.h"

#include <array>

namespace postman
{
namespace
{

/// Walks over a text from left to right.
class Cursor
{
public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool at_end() const { return at_ == text_.size(); }

    void skip_space()
    {
        while (!at_end() && is_space(text_[at_])) ++at_;
    }
    bool take(char wanted)
    {
        skip_space();
        if (at_end() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    /// A string with its quotes.
    bool take_string(std::string_view& raw)
    {
        skip_space();
        const std::size_t start = at_;
        if (!skip_string()) return false;
        raw = text_.substr(start, at_ - start);
        return true;
    }
    /// Any value, which stands `depth` brackets deep.
    bool take_value(std::string_view& raw, std::size_t depth)
    {
        skip_space();
        const std::size_t start = at_;
        if (!skip_value(depth)) return false;
        raw = text_.substr(start, at_ - start);
        return true;
    }

private:
    static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
    static bool is_scalar(char c)
    {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '-' || c == '+' ||
               c == '.' || c == 'E';
    }

    bool skip_string()
    {
        if (at_end() || text_[at_] != '"') return false;
        for (++at_; !at_end(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return true;
            }
            if (static_cast<unsigned char>(c) < ' ') return false;
            if (c == '\\' && ++at_ == text_.size()) return false;
        }
        return false;
    }
    bool skip_scalar()
    {
        const std::size_t start = at_;
        while (!at_end() && is_scalar(text_[at_])) ++at_;
        return at_ > start;
    }
    /// Brackets are matched; commas and colons are for the reader of the value to judge.
    bool skip_value(std::size_t depth)
    {
        std::array<char, kMaxJsonDepth> open{};
        std::size_t count = 0;
        do {
            skip_space();
            if (at_end()) return false;
            const char c = text_[at_];
            if (c == '{' || c == '[') {
                if (depth + count >= kMaxJsonDepth) return false;
                open[count++] = c == '{' ? '}' : ']';
                ++at_;
            } else if (count > 0 && c == open[count - 1]) {
                --count;
                ++at_;
            } else if (c == '"') {
                if (!skip_string()) return false;
            } else if (count > 0 && (c == ',' || c == ':')) {
                ++at_;
            } else if (!skip_scalar()) {
                return false;
            }
        } while (count > 0);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

mail::Error malformed(const char* what)
{
    return {mail::ErrorKind::malformed, what};
}

bool has_key(const std::vector<JsonMember>& members, std::string_view key)
{
    return json_value(members, key).data() != nullptr;
}

mail::Result<mail::Done> expect_end(Cursor& cursor)
{
    cursor.skip_space();
    if (!cursor.at_end()) return malformed("something stands behind the JSON value");
    return mail::Done{};
}

}  // namespace

mail::Result<std::vector<JsonMember>> json_members(std::string_view object)
{
    Cursor cursor(object);
    std::vector<JsonMember> members;
    if (!cursor.take('{')) return malformed("not a JSON object");
    if (!cursor.take('}')) {
        do {
            std::string_view key;
            std::string_view value;
            if (!cursor.take_string(key)) return malformed("a JSON key is not sound");
            key = key.substr(1, key.size() - 2);
            if (key.find('\\') != std::string_view::npos)
                return malformed("a JSON key has an escape");
            if (members.size() >= kMaxJsonMembers)
                return malformed("a JSON object has too many members");
            if (has_key(members, key)) return malformed("a JSON key stands twice");
            if (!cursor.take(':') || !cursor.take_value(value, 1))
                return malformed("a JSON value is cut, not sound or too deep");
            members.push_back({key, value});
        } while (cursor.take(','));
        if (!cursor.take('}')) return malformed("a JSON object is cut or not sound");
    }
    if (auto end = expect_end(cursor); !end) return std::move(end).error();
    return members;
}

mail::Result<mail::Done> json_elements(std::string_view array,
                                       const std::function<void(std::string_view)>& each)
{
    Cursor cursor(array);
    if (!cursor.take('[')) return malformed("not a JSON array");
    if (!cursor.take(']')) {
        do {
            std::string_view value;
            if (!cursor.take_value(value, 1))
                return malformed("a JSON array is cut, not sound or too deep");
            each(value);
        } while (cursor.take(','));
        if (!cursor.take(']')) return malformed("a JSON array is cut or not sound");
    }
    return expect_end(cursor);
}

std::string_view json_value(const std::vector<JsonMember>& members, std::string_view key)
{
    for (const JsonMember& member : members)
        if (member.key == key) return member.value;
    return {};
}

std::optional<std::string_view> plain_json_string(std::string_view raw)
{
    if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return std::nullopt;
    const std::string_view text = raw.substr(1, raw.size() - 2);
    if (text.find('\\') != std::string_view::npos) return std::nullopt;
    return text;
}

}  // namespace postman
