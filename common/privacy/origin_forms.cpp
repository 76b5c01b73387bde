#include "common/privacy/origin_forms.h"

#include <algorithm>
#include <iterator>
#include <set>

#include "common/privacy/ascii.h"
#include "common/privacy/base64_alignments.h"
#include "common/privacy/host_names.h"
#include "common/privacy/ip_address.h"
#include "common/privacy/literal_index.h"

namespace mail::privacy
{
namespace
{

using Alphabet = LiteralIndex::Alphabet;
using Kind = OriginValue::Kind;

// Names of services and of machines that everybody has, and everyday words among them. Sorted.
// clang-format off
constexpr std::string_view kCommonNames[] = {
    "admin", "api", "app", "apps", "backup", "blog", "build", "cache", "cdn", "ci", "client",
    "cloud", "cron", "data", "database", "db", "demo", "dev", "dns", "docs", "edge", "event",
    "events", "file", "files", "forum", "front", "ftp", "gateway", "git", "help", "home", "host",
    "image", "images", "imap", "info", "intranet", "jobs", "lb", "list", "lists", "live", "local",
    "log", "login", "logs", "mail", "mailer", "main", "master", "media", "monitor", "mx", "mysql",
    "news", "node", "ns", "office", "origin", "portal", "post", "primary", "private", "prod",
    "proxy", "public", "queue", "relay", "root", "router", "search", "secure", "server",
    "service", "shop", "site", "smtp", "sql", "stage", "staging", "static", "status", "storage",
    "store", "support", "system", "test", "user", "users", "video", "vpn", "web", "webmail",
    "wiki", "work", "worker", "www"};
// clang-format on

bool is_common(std::string_view name)
{
    constexpr std::size_t kTelling = 3;
    return name.size() < kTelling ||
           std::binary_search(std::begin(kCommonNames), std::end(kCommonNames), name);
}

/// `a`, `/a`, `-`: with the borders around it, shorter than what can be looked for.
bool is_everywhere(std::string_view text)
{
    const LiteralIndex::Entry entry{std::string(text), Alphabet::words};
    return LiteralIndex::filtered_size(entry) < LiteralIndex::kShortest;
}

bool is_name(Kind kind)
{
    return kind == Kind::host || kind == Kind::suffix;
}

std::string_view first_label(std::string_view host)
{
    return host.substr(0, host.find('.'));
}

std::string uppered(std::string_view text)
{
    std::string result(text);
    for (auto& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return result;
}

/// For a network the part that the text of each of its addresses begins with. Its base64 only
/// leads to a place, where the address is then read; but four characters of it are wanted.
std::vector<std::string> beginnings_v4(const IpNetwork& network)
{
    constexpr unsigned kFirstBit = 96;
    constexpr std::size_t kFirstOctet = 12;
    const unsigned bits = network.prefix_bits - kFirstBit;
    const unsigned octets = std::clamp((bits + 7) / 8, 2U, 4U);  // "10.0." at least
    const unsigned open_bits = octets * 8 > bits ? octets * 8 - bits : 0;
    constexpr unsigned kMostOpenBits = 8;  // wider than /8: not looked for in base64
    if (open_bits > kMostOpenBits) return {};
    std::vector<std::string> beginnings;
    std::uint32_t base = 0;
    for (unsigned i = 0; i < octets; ++i) base = base << 8 | network.base.octets[kFirstOctet + i];
    base = base >> open_bits << open_bits;
    for (std::uint32_t rest = 0; rest < 1U << open_bits; ++rest) {
        std::string text;
        for (unsigned i = octets; i-- > 0;) {
            text += std::to_string((base | rest) >> (8 * i) & 0xFF);
            if (i > 0 || octets < 4) text += '.';
        }
        beginnings.push_back(text);
    }
    return beginnings;
}

/// The groups that all of its addresses have, up to a `::`.
std::vector<std::string> beginnings_v6(const IpNetwork& network)
{
    constexpr unsigned kGroupBits = 16;
    auto text = network.base.text();
    if (network.prefix_bits == 128) return {text, uppered(text)};
    const auto gap = text.find("::");
    std::size_t end = 0;
    for (auto groups = network.prefix_bits / kGroupBits; groups > 0 && end <= gap; --groups) {
        end = text.find(':', end) + 1;
    }
    end = std::min(end, gap + 1);
    constexpr std::size_t kShortestBeginning = 4;
    if (end < kShortestBeginning) return {};
    text.resize(end);
    return {text, uppered(text)};
}

std::vector<std::string> texts_in_base64(const OriginValue& value)
{
    if (value.kind == Kind::network) {
        const auto network = IpNetwork::parse(value.value);
        if (!network) return {};
        return network->base.is_v4() && network->prefix_bits > 96 ? beginnings_v4(*network)
                                                                  : beginnings_v6(*network);
    }
    if (value.value.size() < kShortestInBase64) return {};
    return {value.value, lowered(value.value), uppered(value.value)};
}

/// Collects literals, each once.
class Literals
{
public:
    Literals(std::size_t value, const FormSet& forms) : value_(value), forms_(forms) {}

    void add(Form form, std::string text, unsigned alignment = 0, bool is_common = false)
    {
        if (!forms_.test(static_cast<std::size_t>(form))) return;
        if (form == Form::base64 ? text.size() < LiteralIndex::kShortest : is_everywhere(text))
            return;
        if (!known_.insert({text, form, alignment}).second) return;
        literals_.push_back({std::move(text), value_, form, alignment, is_common});
    }
    void add_base64(const OriginValue& value)
    {
        for (const auto& text : texts_in_base64(value)) {
            for (unsigned alignment = 0; alignment < 3; ++alignment) {
                add(Form::base64, base64_core(text, alignment), alignment);
            }
        }
    }
    std::vector<Literal> take() && { return std::move(literals_); }

private:
    struct Known {
        std::string text;
        Form form;
        unsigned alignment;
        auto operator<=>(const Known&) const = default;
    };
    std::size_t value_;
    const FormSet& forms_;
    std::set<Known> known_;
    std::vector<Literal> literals_;
};

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    for (auto at = text.find(what); at != text.npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

/// In every case; a path as JSON may have it (`\\/var\\/www`, `C:\\\\inetpub`) and as programs put
/// it together (`/var//www`), a phrase over the end of a line, plain or flowed (RFC 3676).
std::vector<std::string> as_written(const OriginValue& value)
{
    auto all = in_every_case(value.value);
    if (value.kind == Kind::path) {
        all.push_back(replaced(value.value, "/", "\\/"));
        all.push_back(replaced(value.value, "\\", "\\\\"));
        for (auto at = value.value.find('/', 1); at != value.value.npos;
             at = value.value.find('/', at + 1)) {
            all.push_back(std::string(value.value).insert(at, 1, '/'));
        }
    }
    if (value.kind != Kind::text) return all;
    for (auto at = value.value.find(' '); at != value.value.npos;
         at = value.value.find(' ', at + 1)) {
        for (const auto* line_end : {"\r\n", " \r\n"}) {
            all.push_back(std::string(value.value).replace(at, 1, line_end));
        }
    }
    return all;
}

void add_names(const OriginValue& value, Literals& literals)
{
    if (const auto ascii = punycode_of(value.value)) {
        literals.add(Form::punycode, lowered(*ascii));
    }
    if (const auto unicode = unicode_of(value.value)) {
        for (const auto& text : in_every_case(*unicode)) literals.add(Form::unicode, lowered(text));
    }
    const auto label = first_label(value.value);
    if (value.kind == Kind::host && label.size() < value.value.size()) {
        literals.add(Form::short_name, std::string(label), 0, is_common(label));
    }
}

}  // namespace

std::vector<Literal> literals_of(const OriginValue& value, std::size_t index, const FormSet& forms)
{
    Literals literals(index, forms);
    const bool is_address = value.kind == Kind::address || value.kind == Kind::network;
    if (!is_address) {
        if (is_everywhere(value.value)) return {};
        for (const auto& text : as_written(value)) literals.add(Form::plain, lowered(text));
    }
    if (is_name(value.kind)) add_names(value, literals);
    literals.add_base64(value);
    return std::move(literals).take();
}

}  // namespace mail::privacy
