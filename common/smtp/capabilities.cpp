#include "common/smtp/capabilities.h"

#include <algorithm>
#include <charconv>

namespace mail::smtp
{
namespace
{

std::string in_upper_case(std::string_view text)
{
    std::string upper(text);
    for (char& c : upper)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return upper;
}

std::vector<std::string> words_of(const std::string& line)
{
    std::vector<std::string> words;
    const std::string upper = in_upper_case(line);
    std::size_t begin = 0;
    while ((begin = upper.find_first_not_of(' ', begin)) != std::string::npos) {
        const std::size_t end = std::min(upper.find(' ', begin), upper.size());
        words.push_back(upper.substr(begin, end - begin));
        begin = end;
    }
    return words;
}

void take_size(Capabilities& offered, const std::vector<std::string>& words)
{
    offered.size = true;
    if (words.size() < 2) return;
    std::uint64_t limit = 0;
    const char* last = words[1].data() + words[1].size();
    const auto [end, error] = std::from_chars(words[1].data(), last, limit);
    if (error == std::errc() && end == last) offered.max_bytes = limit;
}

/// "AUTH PLAIN LOGIN", and the "AUTH=PLAIN" that servers say for clients older than RFC 2554.
void take_sign_in(Capabilities& offered, std::vector<std::string> words)
{
    if (words[0] == "AUTH") words.erase(words.begin());
    for (std::string& word : words) {
        if (word.starts_with("AUTH=")) word.erase(0, 5);
        if (!word.empty() && std::find(offered.sign_in.begin(), offered.sign_in.end(), word) ==
                                 offered.sign_in.end())
            offered.sign_in.push_back(std::move(word));
    }
}

}  // namespace

Capabilities parse_capabilities(const Reply& hello)
{
    Capabilities offered;
    for (std::size_t i = 1; i < hello.lines.size(); ++i) {  // the first line greets
        const auto words = words_of(hello.lines[i]);
        if (words.empty()) continue;
        if (words[0] == "PIPELINING") offered.pipelining = true;
        if (words[0] == "8BITMIME") offered.eight_bit_mime = true;
        if (words[0] == "SMTPUTF8") offered.smtputf8 = true;
        if (words[0] == "STARTTLS") offered.starttls = true;
        if (words[0] == "SIZE") take_size(offered, words);
        if (words[0] == "AUTH" || words[0].starts_with("AUTH=")) take_sign_in(offered, words);
    }
    return offered;
}

}  // namespace mail::smtp
