#include "common/privacy/field_streams.h"

#include <algorithm>
#include <string>

#include "common/privacy/content_type.h"
#include "common/privacy/encoded_words.h"
#include "common/privacy/header_tokens.h"
#include "common/privacy/invisible.h"
#include "common/privacy/percent_text.h"
#include "common/privacy/wide_runs.h"

namespace mail::privacy
{
namespace
{

constexpr unsigned kMostPercentRounds = 2;
constexpr std::size_t kLongestField = 4 * 1024 * 1024;  // that is decoded

bool is_line_break(char c)
{
    return c == '\r' || c == '\n';
}

/// Without the folds and the white space behind them, and with quoted pairs (RFC 5322 3.2.1)
/// resolved: as a program reads it that takes an address or an identifier out of it.
std::string closed_up(std::string_view field_body)
{
    std::string line;
    line.reserve(field_body.size());
    for (std::size_t at = 0; at < field_body.size(); ++at) {
        const char c = field_body[at];
        if (is_line_break(c)) {
            while (at + 1 < field_body.size() &&
                   (is_blank(field_body[at + 1]) || is_line_break(field_body[at + 1])))
                ++at;
        } else if (c != '\\') {
            line.push_back(c);
        }
    }
    return line;
}

/// Unfolded; tabs are spaces, since many a mailer folds with them (RFC 5322 2.2.3).
std::string on_one_line(std::string_view field_body)
{
    auto line = unfolded(field_body);
    std::replace(line.begin(), line.end(), '\t', ' ');
    return line;
}

/// `name*0=`, `name*=`, `name*1*=`.
bool may_have_extended_parameter(std::string_view line)
{
    const auto star = line.find('*');
    return star != line.npos && line.find('=', star) != line.npos;
}

}  // namespace

void FieldStreams::write(std::string_view field_body, const Place& place)
{
    if (writer_.is_full()) return;
    if (field_body.size() > kLongestField) {
        writer_.stop("field over " + in_mebibytes(kLongestField));
        field_body = field_body.substr(0, kLongestField);
    }
    const bool is_folded = field_body.find('\n') != field_body.npos;
    const bool is_broken = is_folded || field_body.find('\\') != field_body.npos;
    const auto unfolded_line = is_folded ? on_one_line(field_body) : std::string();
    const auto closed_line = is_broken ? closed_up(field_body) : std::string();
    const std::string_view line = is_folded ? unfolded_line : field_body;
    const std::string_view closed = is_broken ? closed_line : field_body;
    if (is_folded) writer_.write(Stream::unfolded, place, line);
    if (is_broken && closed != line) writer_.write(Stream::unfolded, place, closed);

    write_shown(Stream::unfolded, closed, place);

    if (line.find("=?") != line.npos && writer_.wants(Stream::encoded_words)) {
        const auto words = decoded_words(line, charsets_, "windows-1252");
        if (words != line) {
            writer_.write(Stream::encoded_words, place, words);
            write_shown(Stream::encoded_words, words, place);
            write_tokens(words, place);
            write_percent(words, place);
        }
    }
    if (may_have_extended_parameter(line)) write_parameters(field_body, place);
    write_tokens(closed, place);
    write_percent(closed, place);
}

void FieldStreams::write_parameters(std::string_view field_body, const Place& place)
{
    if (!writer_.wants(Stream::parameters)) return;
    const auto given = parse_parameterized(field_body, charsets_);
    if (!given.is_complete) writer_.stop("too many parameters in a field");
    std::string values;
    for (const auto& [name, value] : given.parameters) values.append(value).push_back('\n');
    writer_.write(Stream::parameters, place, values);
    write_shown(Stream::parameters, values, place);
    write_tokens(values, place);
    write_percent(values, place);
}

void FieldStreams::write_tokens(std::string_view line, const Place& place)
{
    if (!writer_.wants(Stream::header_token)) return;
    const bool had_some = tokens_left_ > 0;
    const auto octets = decoded_tokens(line, tokens_left_);
    writer_.write(Stream::header_token, place, octets);
    if (octets.find('\0') != octets.npos) write_wide(octets, place);
    if (had_some && tokens_left_ == 0) {
        writer_.stop(std::to_string(writer_.limits().header_tokens) + " tokens in headers");
    }
}

/// A token of UTF-16, as programs of Windows and Java make them.
void FieldStreams::write_wide(std::string_view octets, const Place& place)
{
    StringSink text;
    WideRuns runs(text);
    runs.feed(octets);
    runs.finish();
    writer_.write(Stream::header_token, place, text.take());
}

void FieldStreams::write_percent(std::string_view line, const Place& place)
{
    if (!writer_.wants(Stream::percent) || !has_percent_escape(line)) return;
    auto decoded = percent_decoded(line);
    for (unsigned round = 1; round < kMostPercentRounds && has_percent_escape(decoded); ++round) {
        writer_.write(Stream::percent, place, decoded);
        decoded = percent_decoded(decoded);
    }
    writer_.write(Stream::percent, place, decoded);
    write_shown(Stream::percent, decoded, place);
}

/// Where it differs: without what does not show, other forms of ASCII as ASCII.
void FieldStreams::write_shown(Stream stream, std::string_view line, const Place& place)
{
    if (!writer_.wants(stream) || std::none_of(line.begin(), line.end(), may_begin_other_look))
        return;
    const auto shown = as_shown(line);
    if (shown != line) writer_.write(stream, place, shown);
}

}  // namespace mail::privacy
