#include "postmaster/loop_marks.h"

#include <algorithm>

#include "common/privacy/ascii.h"
#include "common/privacy/message_view.h"
#include "common/spool/record.h"

namespace postmaster
{

using mail::privacy::equals_ignoring_case;
using mail::privacy::FieldReader;
using mail::privacy::HeaderField;

namespace
{

constexpr std::size_t kKeyDigits = 32;

/// The words of a Received field, and how deep in comments each stands.
class WordReader
{
public:
    explicit WordReader(std::string_view body) : rest_(body) {}

    bool next(std::string_view& word, unsigned& depth)
    {
        skip_separators();
        if (rest_.empty()) return false;
        const auto end = std::min(rest_.find_first_of(" \t\r\n();,"), rest_.size());
        word = rest_.substr(0, end);
        depth = depth_;
        rest_.remove_prefix(end);
        return true;
    }

private:
    void skip_separators()
    {
        for (; !rest_.empty(); rest_.remove_prefix(1)) {
            const char c = rest_.front();
            if (c == '(') ++depth_;
            if (c == ')' && depth_ > 0) --depth_;
            if (std::string_view(" \t\r\n();,").find(c) == std::string_view::npos) return;
        }
    }

    std::string_view rest_;
    unsigned depth_ = 0;
};

bool is_one_of(std::string_view word, const std::vector<std::string>& hosts)
{
    if (word.ends_with('.')) word.remove_suffix(1);
    return std::any_of(hosts.begin(), hosts.end(),
                       [&](const auto& host) { return equals_ignoring_case(word, host); });
}

/// A name counts right after `from` or `by`, and first in the comment that follows `from`'s.
bool field_names(std::string_view body, const std::vector<std::string>& hosts)
{
    enum class Wanted { keyword, name, found_name } wanted = Wanted::keyword;
    bool after_from = false;
    WordReader words(body);
    unsigned depth = 0;
    for (std::string_view word; words.next(word, depth);) {
        const bool is_name =
            (wanted == Wanted::name && depth == 0) || (wanted == Wanted::found_name && depth == 1);
        if (is_name && is_one_of(word, hosts)) return true;
        if (wanted == Wanted::name && depth == 0) {
            wanted = after_from ? Wanted::found_name : Wanted::keyword;
            continue;
        }
        wanted = Wanted::keyword;
        if (depth > 0) continue;
        after_from = equals_ignoring_case(word, "from");
        if (after_from || equals_ignoring_case(word, "by")) wanted = Wanted::name;
    }
    return false;
}

std::string_view message_id(std::string_view content)
{
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);)
        if (equals_ignoring_case(field.name, "Message-ID"))
            return mail::privacy::trimmed(field.body);
    return {};
}

}  // namespace

bool names_courier(std::string_view content, const std::vector<std::string>& hosts)
{
    if (hosts.empty()) return false;
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);)
        if (equals_ignoring_case(field.name, "Received") && field_names(field.body, hosts))
            return true;
    return false;
}

std::string loop_key(std::string_view content, const std::vector<std::string>& recipients)
{
    const std::string_view id = message_id(content);
    std::vector<std::string> sorted;
    for (const std::string& one : recipients) sorted.push_back(mail::privacy::lowered(one));
    std::sort(sorted.begin(), sorted.end());
    // What the sums are over has a fixed length or no LF in it, so nothing can be taken for
    // another.
    std::string text =
        id.empty() ? "content " + mail::sha256_hex(content) : "id " + std::string(id);
    std::erase(text, '\n');
    for (const std::string& one : sorted) text += '\n' + one;
    return mail::sha256_hex(text).substr(0, kKeyDigits);
}

}  // namespace postmaster
