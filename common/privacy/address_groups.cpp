/// Numbers between colons: IPv6, and IPv4 inside it.
#include <algorithm>
#include <array>

#include "common/privacy/address_notations.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestRun = 64;
constexpr std::ptrdiff_t kColonsInFull = 7;

bool is_run_byte(char c)
{
    return hex_value(c) >= 0 || c == ':';
}

struct Run {
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// The run without what belongs to the text around it: `6:` of `IPv6:`, a colon before or after.
/// Empty where a word goes on behind it.
Run trimmed_run(std::string_view text, Run run)
{
    const auto colon_at = [&](std::size_t at) { return at < run.end && text[at] == ':'; };
    if (is_word_before(text, run.begin)) {
        while (run.begin < run.end && text[run.begin] != ':') ++run.begin;
        if (run.begin < run.end) ++run.begin;
        if (colon_at(run.begin) && !colon_at(run.begin + 1)) return {};  // Foo::Bar
    } else if (colon_at(run.begin) && (!colon_at(run.begin + 1) || colon_at(run.begin + 2))) {
        ++run.begin;
    }
    const auto ends_with = [&](std::string_view what) {
        return text.substr(run.begin, run.end - run.begin).ends_with(what);
    };
    if (ends_with(":") && !ends_with("::")) --run.end;
    if (ends_with(":::")) --run.end;
    return run;
}

/// Where the dotted quad that the last group begins would end; `run.end` where there is none.
std::size_t quad_end(std::string_view text, Run run)
{
    auto end = run.end;
    unsigned dots = 0;
    while (end < text.size() && (is_digit(text[end]) || text[end] == '.')) {
        if (text[end] == '.') {
            if (dots == 3 || end + 1 >= text.size() || !is_digit(text[end + 1])) break;
            ++dots;
        }
        ++end;
    }
    const bool goes_on = end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1]);
    return dots == 3 && !goes_on && !is_word_after(text, end) ? end : run.end;
}

bool begins_with(const IpAddress& address, std::initializer_list<std::uint8_t> octets)
{
    return std::equal(octets.begin(), octets.end(), address.octets.begin());
}
IpAddress inner(const IpAddress& address, std::size_t at)
{
    std::uint32_t number = 0;
    for (auto i = at; i < at + 4; ++i) number = number << 8 | address.octets[i];
    return ipv4(number);
}

/// Not as inet_ntop(3) would: with zeros in front of a group, or with groups that `::` stands for.
bool is_written_out(std::string_view token, const IpAddress& address)
{
    for (std::size_t at = 0; at + 1 < token.size(); ++at) {
        const bool begins = at == 0 || token[at - 1] == ':';
        if (begins && token[at] == '0' && token[at + 1] != ':') return true;
    }
    if (token.find("::") != token.npos) return false;
    const auto is_zero = [&](std::size_t octet) { return address.octets[octet] == 0; };
    for (std::size_t at = 0; at + 3 < address.octets.size(); at += 2) {
        if (is_zero(at) && is_zero(at + 1) && is_zero(at + 2) && is_zero(at + 3)) return true;
    }
    return false;
}

/// `12:30:45` and its like.
bool has_too_few_colons(std::string_view text, Run run)
{
    const auto token = text.substr(run.begin, run.end - run.begin);
    constexpr std::ptrdiff_t kColonsWithQuad = 6;
    return token.find("::") == token.npos &&
           std::count(token.begin(), token.end(), ':') < kColonsWithQuad;
}

/// What stands in text[run]; false where it is no address.
bool read_token(std::string_view text, Run run, std::vector<AddressReading>& readings)
{
    const auto token = text.substr(run.begin, run.end - run.begin);
    if (token.size() < 3 || has_too_few_colons(text, run)) return false;
    const auto address = IpAddress::parse(token);
    if (!address) return false;
    const auto take = [&](const IpAddress& read, Form form) {
        readings.push_back({read, form, false, run.begin, run.end});
    };
    if (address->is_v4()) {
        take(*address, Form::mapped_ipv6);
        return true;
    }
    take(*address, is_written_out(token, *address) ? Form::full_ipv6 : Form::plain);
    constexpr std::size_t kLastFour = 12;
    const bool is_nat64 =
        begins_with(*address, {0x00, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0});  // RFC 6052
    if (is_nat64 || token.find('.') != token.npos) {
        take(inner(*address, kLastFour), Form::mapped_ipv6);
    }
    if (begins_with(*address, {0x20, 0x02})) take(inner(*address, 2), Form::mapped_ipv6);  // 6to4
    return true;
}

/// `2001:db8:0:0:0:0:0:5:25`: eight groups, and a port.
void read_with_port(std::string_view text, Run run, std::vector<AddressReading>& readings)
{
    const auto token = text.substr(run.begin, run.end - run.begin);
    if (std::count(token.begin(), token.end(), ':') != kColonsInFull + 1) return;
    const auto port = token.rfind(':');
    const auto digits = token.substr(port + 1);
    if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return;
    read_token(text, {run.begin, run.begin + port}, readings);
}

}  // namespace

std::size_t read_groups(std::string_view text, std::size_t mark,
                        std::vector<AddressReading>& readings)
{
    Run run{mark, mark + 1};
    while (run.begin > 0 && mark - run.begin <= kLongestRun && is_run_byte(text[run.begin - 1])) {
        --run.begin;
    }
    while (run.end < text.size() && is_run_byte(text[run.end])) ++run.end;
    const auto end = run.end;
    if (run.end - run.begin > kLongestRun || has_too_few_colons(text, run)) return end;

    const auto whole = trimmed_run(text, run);
    if (whole.begin >= whole.end) return end;
    const auto with_quad = quad_end(text, whole);
    if (with_quad > whole.end && whole.end == end &&
        read_token(text, {whole.begin, with_quad}, readings)) {
        return end;
    }
    if (whole.end == end && is_word_after(text, end)) return end;
    if (!read_token(text, whole, readings)) read_with_port(text, whole, readings);
    return end;
}

}  // namespace mail::privacy
