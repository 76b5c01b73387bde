#include "tests/privacy/fidelity.h"

#include <algorithm>

namespace mail::test
{
namespace
{

using privacy::ScrubAction;

/// The size of the line end that follows at `at`.
std::size_t line_end_size(std::string_view text, std::size_t at)
{
    if (text.substr(at).starts_with("\r\n")) return 2;
    return at < text.size() && text[at] == '\n' ? 1 : 0;
}

bool is_id_byte(char c)
{
    constexpr std::string_view kBetween = "<>,;\"()\r\n\t ";
    return kBetween.find(c) == kBetween.npos;
}

std::size_t word_end(std::string_view text, std::size_t at)
{
    while (at < text.size() && is_id_byte(text[at])) ++at;
    return at;
}

/// After `before` as it stands in the output: equal but for words that became ones with an `@`;
/// npos where it is not.
std::size_t end_of_rewritten(std::string_view before, std::string_view output, std::size_t at)
{
    for (std::size_t from = 0; from < before.size();) {
        const bool is_bracket = before[from] == '<' && before.find('>', from) != before.npos;
        if (is_bracket && at < output.size() && output[at] == '<') {
            from = before.find('>', from);  // an id may be folded inside its brackets
            at = output.find('>', at);
            if (at == output.npos) return at;
        } else if (is_id_byte(before[from])) {
            const auto was = before.substr(from, word_end(before, from) - from);
            const auto is = output.substr(at, word_end(output, at) - at);
            if (was != is && is.find('@') == is.npos) return output.npos;
            from += was.size();
            at += is.size();
        } else if (at < output.size() && output[at] == before[from]) {
            ++from;
            ++at;
        } else {
            return output.npos;
        }
    }
    return at;
}

}  // namespace

std::string difference_beyond_actions(std::string_view input, const privacy::Scrubbed& scrubbed)
{
    const std::string_view output = scrubbed.content;
    std::size_t read = 0;
    std::size_t written = 0;
    for (const auto& action : scrubbed.actions) {
        if (action.kind == ScrubAction::Kind::would_drop) continue;
        const auto kept = input.substr(read, action.offset - read);
        if (action.offset < read || output.substr(written, kept.size()) != kept) {
            return "bytes before the field at " + std::to_string(action.offset) + " differ";
        }
        written += kept.size();
        if (input.substr(action.offset, action.line.size()) != action.line) {
            return "the action's line is not what stood at " + std::to_string(action.offset);
        }
        read = action.offset + action.line.size();
        if (action.kind == ScrubAction::Kind::rewritten) {
            written = end_of_rewritten(action.line, output, written);
            if (written == output.npos)
                return "more than identifiers and addresses differs in " + action.line;
        } else {
            read += line_end_size(input, read);
        }
    }
    return output.substr(written) == input.substr(read) ? "" : "bytes after the last action differ";
}

}  // namespace mail::test
