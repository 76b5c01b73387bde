/// Numbers between dots or hyphens.
#include <algorithm>
#include <array>
#include <optional>

#include "common/privacy/address_notations.h"

namespace mail::privacy
{
namespace
{

constexpr std::size_t kLongestRun = 128;  // 32 nibbles with their dots are 63
constexpr std::size_t kNibbles = 32;
constexpr std::size_t kOctetsV4 = 4;
constexpr std::size_t kShortestRun = 7;  // 1.2.3.4
constexpr std::ptrdiff_t kMarksV4 = 3;

bool is_run_byte(char c, char separator)
{
    return hex_value(c) >= 0 || c == separator || c == 'x' || c == 'X';
}

struct Label {  // without initial values: each run has an array of them
    const char* data;
    std::size_t size;
    std::size_t begin;
    bool is_cut;  // a word goes on outside the run: `c` of `static`

    [[nodiscard]] std::string_view text() const { return {data, size}; }
    [[nodiscard]] std::size_t end() const { return begin + size; }
};

bool is_decimal(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}
bool is_prefixed(std::string_view text)
{
    return text.size() > 2 && text[0] == '0' && lower(text[1]) == 'x' &&
           text.find_first_of("xX", 2) == text.npos;
}
bool is_number(const Label& label)
{
    return !label.is_cut && (is_decimal(label.text()) || is_prefixed(label.text()));
}
bool is_hex_pair(const Label& label)
{
    return !label.is_cut && label.text().size() == 2 && hex_value(label.text()[0]) >= 0 &&
           hex_value(label.text()[1]) >= 0;
}
bool is_nibble(const Label& label)
{
    return !label.is_cut && label.text().size() == 1 && hex_value(label.text()[0]) >= 0;
}
/// A label of a host name, which is no number.
bool is_name(const Label& label)
{
    return (label.is_cut || !label.text().empty()) && !is_number(label);
}

/// Up to 255, in digits of the base.
std::optional<std::uint8_t> octet_of(std::string_view digits, int base)
{
    int number = 0;
    for (const char c : digits) {
        const int digit = hex_value(c);
        if (digit < 0 || digit >= base) return {};
        number = number * base + digit;
        if (number > 255) return {};
    }
    if (digits.empty()) return {};
    return static_cast<std::uint8_t>(number);
}

/// Only where a URL's host stands: after `//`, or after its user's name.
bool is_url_host(std::string_view text, std::size_t begin)
{
    constexpr std::size_t kMostUser = 128;
    const auto near = text.substr(begin - std::min(begin, kMostUser), std::min(begin, kMostUser));
    const auto slashes = near.rfind("//");
    if (slashes == near.npos || slashes == 0) return false;
    constexpr std::string_view kBefore = ":\"'=(";  // and not in `a //10.5`
    if (kBefore.find(near[slashes - 1]) == kBefore.npos) return false;
    const auto user = near.substr(slashes + 2);
    return user.empty() ||
           (user.ends_with('@') && user.find_first_of(" \t\r\n/?#<>\"'") == user.npos);
}

/// A run cut into its labels, and the readings of each four or 32 of them.
class LabelRun
{
public:
    LabelRun(std::string_view text, std::size_t begin, std::size_t end, char separator,
             std::vector<AddressReading>& readings)
        : text_(text), separator_(separator), readings_(readings)
    {
        cut_into_labels(begin, end);
    }

    void read()
    {
        for_each_group(is_number, kOctetsV4, [this](std::size_t first) { read_four(first); });
        if (separator_ != '.') return;
        for_each_group(is_hex_pair, kOctetsV4, [this](std::size_t first) { read_pairs(first); });
        if (count_ < kNibbles) return;
        for_each_group(is_nibble, kNibbles, [this](std::size_t first) { read_nibbles(first); });
    }

    /// `http://10.5/`, `http://0xa.0.5/`: the last number is all that is left of the address
    /// (inet_aton(3), WHATWG URL 3.5).
    void read_short_host()
    {
        if (count_ > 2 && labels_[count_ - 1].text().empty()) --count_;  // `10.5.`
        if (count_ < 2 || count_ >= kOctetsV4 || !is_url_host(text_, labels_[0].begin)) return;
        const auto end = labels_[count_ - 1].end();
        if (end < text_.size() && (text_[end] == '-' || text_[end] == '_')) return;
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < count_; ++i) {
            if (!is_number(labels_[i])) return;
            const bool is_last = i + 1 == count_;
            const std::uint64_t most = is_last ? 0xFFFFFFFFU >> (8 * i) : 0xFFU;
            const auto part = number_of(labels_[i].text(), most);
            if (!part) return;
            number = number << (is_last ? 32 - 8 * i : 8) | *part;
        }
        readings_.push_back({ipv4(static_cast<std::uint32_t>(number)), Form::integer, false,
                             labels_[0].begin, end});
    }

private:
    static std::optional<std::uint64_t> number_of(std::string_view text, std::uint64_t most)
    {
        const auto base = static_cast<unsigned>(base_as_in_c(text));
        if (base == 16) text.remove_prefix(2);
        std::uint64_t number = 0;
        for (const char c : text) {
            const auto digit = static_cast<unsigned>(hex_value(c));
            if (digit >= base) return {};
            number = number * base + digit;
            if (number > most) return {};
        }
        return number;
    }

    using Four = std::array<std::uint8_t, kOctetsV4>;

    void cut_into_labels(std::size_t begin, std::size_t end)
    {
        for (auto at = begin; at <= end && count_ < labels_.size(); ++count_) {
            auto stop = at;
            while (stop < end && text_[stop] != separator_) ++stop;
            labels_[count_] = {text_.data() + at, stop - at, at, false};
            at = stop + 1;
        }
        labels_[0].is_cut = is_word_before(text_, begin);
        if (is_word_after(text_, end)) labels_[count_ - 1].is_cut = true;
        if (separator_ == '-' && labels_[0].is_cut) keep_digits_of_first();
    }

    /// `host10-0-0-5`, `ip10-0-0-5`: of the first label its digits count.
    void keep_digits_of_first()
    {
        auto& first = labels_[0];
        const auto letters = first.text().find_last_not_of("0123456789");
        const auto skipped = letters == first.text().npos ? 0 : letters + 1;
        if (skipped == 0 && (first.begin == 0 || !is_letter(text_[first.begin - 1]))) return;
        if (skipped == first.text().size()) return;
        first = {first.data + skipped, first.size - skipped, first.begin + skipped, false};
    }

    /// Calls `read` with the first of each `count` such labels that have no such neighbour.
    template <class Fits, class Read>
    void for_each_group(Fits fits, std::size_t count, Read read)
    {
        for (std::size_t at = 0; at < count_; ++at) {
            const auto first = at;
            while (at < count_ && fits(labels_[at])) ++at;
            if (at - first == count) read(first);
        }
    }

    void read_four(std::size_t first)
    {
        if (separator_ == '.' && belongs_to_ipv6(first)) return;
        bool has_zeros = false;
        bool has_prefix = false;
        for (auto i = first; i < first + kOctetsV4; ++i) {
            has_prefix = has_prefix || is_prefixed(labels_[i].text());
            has_zeros = has_zeros || (labels_[i].text().size() > 1 && labels_[i].text()[0] == '0');
        }
        if (has_prefix) return take_four(first, Form::hexadecimal, octets(first, base_as_in_c));
        const auto decimal = octets(first, [](auto) { return 10; });
        if (separator_ == '-') {
            take_four(first, Form::dashed, decimal);
        } else if (!is_before_in_addr(first)) {
            take_four(first, has_zeros ? Form::zero_padded : Form::plain, decimal);
        }
        if (has_zeros && separator_ == '.')
            take_four(first, Form::octal, octets(first, base_as_in_c));
        if (decimal && is_reversed_host(first)) {
            take_four(first, Form::reverse_name,
                      Four{(*decimal)[3], (*decimal)[2], (*decimal)[1], (*decimal)[0]});
        }
    }

    static int base_as_in_c(std::string_view text)
    {
        if (is_prefixed(text)) return 16;
        return text.size() > 1 && text[0] == '0' ? 8 : 10;
    }

    template <class Base>
    std::optional<Four> octets(std::size_t first, Base base) const
    {
        Four four{};
        for (std::size_t i = 0; i < kOctetsV4; ++i) {
            auto digits = labels_[first + i].text();
            const int its_base = base(digits);
            if (its_base == 16) digits.remove_prefix(2);
            const auto octet = octet_of(digits, its_base);
            if (!octet || (its_base == 10 && digits.size() > 3)) return {};
            four[i] = *octet;
        }
        return four;
    }

    void take_four(std::size_t first, Form form, const std::optional<Four>& four)
    {
        if (!four) return;
        std::uint32_t number = 0;
        for (const auto octet : *four) number = number << 8 | octet;
        readings_.push_back({ipv4(number), form, false, labels_[first].begin,
                             labels_[first + kOctetsV4 - 1].end()});
    }

    void read_pairs(std::size_t first)
    {
        Four four{};
        bool has_letter = false;
        for (std::size_t i = 0; i < kOctetsV4; ++i) {
            const auto digits = labels_[first + i].text();
            has_letter = has_letter || !is_decimal(digits);
            four[i] = *octet_of(digits, 16);
        }
        if (has_letter) take_four(first, Form::hexadecimal, four);
    }

    void read_nibbles(std::size_t first)
    {
        IpAddress address;
        for (std::size_t i = 0; i < kNibbles; ++i) {
            const auto nibble = hex_value(labels_[first + kNibbles - 1 - i].text()[0]);
            address.octets[i / 2] |= static_cast<std::uint8_t>(nibble << (i % 2 == 0 ? 4 : 0));
        }
        readings_.push_back({address, Form::reverse_name, false, labels_[first].begin,
                             labels_[first + kNibbles - 1].end()});
    }

    /// `5.0.0.10.static.example`, `static.5.0.0.10.example`, `5-0-0-10.static.example`: part of a
    /// host name. Alone, it is another address.
    [[nodiscard]] bool is_reversed_host(std::size_t first) const
    {
        const auto last = first + kOctetsV4 - 1;
        const bool has_name_before = first > 0 && is_name(labels_[first - 1]);
        if (separator_ == '-') {
            const auto end = labels_[last].end();
            return first == 0 && end + 1 < text_.size() && text_[end] == '.' &&
                   is_letter(text_[end + 1]);
        }
        return has_name_before || (last + 1 < count_ && is_name(labels_[last + 1]));
    }

    /// `10.0.0.5.in-addr.arpa` is the name of 5.0.0.10.
    [[nodiscard]] bool is_before_in_addr(std::size_t first) const
    {
        constexpr std::string_view kZone = ".in-addr.arpa";
        const auto end = labels_[first + kOctetsV4 - 1].end();
        return equals_ignoring_case(text_.substr(end, kZone.size()), kZone);
    }

    /// `::ffff:10.0.0.5` is read as a whole, by its colons.
    [[nodiscard]] bool belongs_to_ipv6(std::size_t first) const
    {
        const auto begin = labels_[first].begin;
        if (first > 0 || begin == 0 || text_[begin - 1] != ':') return false;
        std::vector<AddressReading> read;
        read_groups(text_, begin - 1, read);
        return std::any_of(read.begin(), read.end(),
                           [&](const auto& reading) { return reading.end > begin; });
    }

    std::string_view text_;
    char separator_;
    std::vector<AddressReading>& readings_;
    std::array<Label, kLongestRun + 2> labels_;
    std::size_t count_ = 0;
};

}  // namespace

std::size_t read_labels(std::string_view text, std::size_t mark,
                        std::vector<AddressReading>& readings)
{
    const char separator = text[mark];
    auto begin = mark;
    while (begin > 0 && mark - begin <= kLongestRun && is_run_byte(text[begin - 1], separator)) {
        --begin;
    }
    auto end = mark + 1;
    while (end < text.size() && is_run_byte(text[end], separator)) ++end;
    if (end - begin > kLongestRun) return end;
    const auto run = text.substr(begin, end - begin);
    const auto marks =
        run.size() < kShortestRun ? 0 : std::count(run.begin(), run.end(), separator);
    if (marks >= kMarksV4) {
        LabelRun(text, begin, end, separator, readings).read();
    } else if (separator == '.' && begin > 1 &&
               (text[begin - 1] == '/' || text[begin - 1] == '@')) {
        LabelRun(text, begin, end, separator, readings).read_short_host();
    }
    return end;
}

}  // namespace mail::privacy
