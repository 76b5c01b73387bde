#include "postman/smtp/smarthost.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "common/base64.h"
#include "common/config.h"

namespace postman
{
namespace
{

struct Named {
    Mechanism mechanism;
    std::string_view name;
};
// clang-format off
constexpr std::array<Named, 7> kMechanisms = {{
    {Mechanism::external,    "EXTERNAL"},
    {Mechanism::oauthbearer, "OAUTHBEARER"},
    {Mechanism::xoauth2,     "XOAUTH2"},
    {Mechanism::plain,       "PLAIN"},
    {Mechanism::login,       "LOGIN"},
    {Mechanism::cram_md5,    "CRAM-MD5"},
    {Mechanism::digest_md5,  "DIGEST-MD5"},
}};
struct NamedScheme {
    Smarthost::Scheme scheme;
    std::string_view name;
};
constexpr std::array<NamedScheme, 3> kSchemes = {{
    {Smarthost::Scheme::smtp,  "smtp"},
    {Smarthost::Scheme::smtps, "smtps"},
    {Smarthost::Scheme::lmtp,  "lmtp"},
}};
// clang-format on

std::string_view name_of(Smarthost::Scheme scheme)
{
    for (const NamedScheme& row : kSchemes)
        if (row.scheme == scheme) return row.name;
    return "";
}

mail::Error malformed(std::string line)
{
    return {mail::ErrorKind::malformed, std::move(line)};
}

char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool is_graphic(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

/// "%40" -> "@". errors  malformed
mail::Result<std::string> percent_decoded(std::string_view text)
{
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            decoded += text[i];
            continue;
        }
        unsigned value = 0;
        const std::string_view hex = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
        if (hex.size() != 2 || error != std::errc() || end != hex.data() + 2)
            return malformed("wants two hex digits after each % of the user");
        decoded += static_cast<char>(value);
        i += 2;
    }
    return decoded;
}

mail::Result<std::string> parse_user(std::string_view text)
{
    if (text.find(':') != std::string_view::npos)
        return malformed(
            "takes no password: every user of this host could read it; use "
            "--deliver-password-file (a colon of the user's name is %3A)");
    auto user = percent_decoded(text);
    if (!user) return user;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
    if (user->empty() || std::any_of(user->begin(), user->end(), is_control))
        return malformed("wants a user before the @");
    return user;
}

bool is_host(std::string_view host)
{
    return !host.empty() && host.size() <= 255 && host.front() != '-' && is_graphic(host) &&
           host.find_first_of("/@?#[]%\"\\<>") == std::string_view::npos;
}

/// "HOST", "HOST:PORT", "[v6]", "[v6]:PORT"
mail::Result<mail::Done> parse_place(std::string_view text, Smarthost& smarthost)
{
    const mail::Error fault = malformed("wants HOST or HOST:PORT, an IPv6 address in brackets");
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return fault;
        smarthost.host = text.substr(1, end - 1);
        if (smarthost.host.find(':') == std::string::npos) return fault;
        port = text.substr(end + 1);
    } else {
        const std::size_t colon = text.find(':');
        smarthost.host = text.substr(0, colon);
        if (colon != std::string_view::npos) port = text.substr(colon);
    }
    if (!is_host(smarthost.host)) return fault;
    if (port.empty()) return mail::Done{};
    unsigned number = 0;
    const char* last = port.data() + port.size();
    const auto [end, error] = std::from_chars(port.data() + 1, last, number);
    if (port.front() != ':' || error != std::errc() || end != last || number == 0 || number > 65535)
        return fault;
    smarthost.port = static_cast<unsigned short>(number);
    return mail::Done{};
}

const NamedScheme* scheme_at_start(std::string_view text)
{
    for (const NamedScheme& row : kSchemes)
        if (text.starts_with(row.name) && text.substr(row.name.size()).starts_with(':'))
            return &row;
    return nullptr;
}

bool is_domain(std::string_view text)
{
    return !text.empty() && text.size() <= 255 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '.' || c == '_';
    });
}

bool is_address_literal(std::string_view text)
{
    return text.size() > 2 && text.size() <= 64 && text.front() == '[' && text.back() == ']' &&
           text.substr(1, text.size() - 2).find_first_not_of("0123456789abcdefABCDEFIPv:.") ==
               std::string_view::npos;
}

bool is_pin(std::string_view pin)
{
    constexpr std::string_view kHead = "sha256//";
    if (!pin.starts_with(kHead)) return false;
    const auto digest = mail::base64_decode(pin.substr(kHead.size()));
    return digest && digest->size() == 32;
}

bool needs(const std::vector<Mechanism>& mechanisms, std::initializer_list<Mechanism> any)
{
    return std::find_first_of(mechanisms.begin(), mechanisms.end(), any.begin(), any.end()) !=
           mechanisms.end();
}

/// What is wrong with how we sign in.
std::optional<std::string> fault_in_sign_in(const Smarthost& s)
{
    const bool has_secret = s.password || s.token;
    if (s.user.empty() && has_secret) return "a password or token needs a user: smtp://USER@HOST";
    if (!s.user.empty() && !has_secret && s.tls.cert.empty())
        return "the user " + s.user + " needs --deliver-password-file or --deliver-token";
    if (needs(s.mechanisms, {Mechanism::external}) && s.tls.cert.empty())
        return "EXTERNAL needs a client certificate: --smtp-cert and --smtp-key";
    if (needs(s.mechanisms, {Mechanism::oauthbearer, Mechanism::xoauth2}) && !s.token)
        return "OAUTHBEARER and XOAUTH2 need --deliver-token";
    if (needs(s.mechanisms,
              {Mechanism::plain, Mechanism::login, Mechanism::cram_md5, Mechanism::digest_md5}) &&
        !s.password)
        return "PLAIN, LOGIN, CRAM-MD5 and DIGEST-MD5 need --deliver-password-file";
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Mechanism mechanism)
{
    for (const Named& row : kMechanisms)
        if (row.mechanism == mechanism) return row.name;
    return "";
}

mail::Result<std::vector<Mechanism>> parse_mechanisms(std::string_view list)
{
    std::vector<Mechanism> mechanisms;
    while (true) {
        const std::size_t comma = list.find(',');
        std::string name(list.substr(0, comma));
        std::transform(name.begin(), name.end(), name.begin(), upper);
        const auto row = std::find_if(kMechanisms.begin(), kMechanisms.end(),
                                      [&](const Named& known) { return known.name == name; });
        if (row == kMechanisms.end())
            return malformed(
                "wants some of EXTERNAL, OAUTHBEARER, XOAUTH2, PLAIN, LOGIN, CRAM-MD5, DIGEST-MD5");
        mechanisms.push_back(row->mechanism);
        if (comma == std::string_view::npos) return mechanisms;
        list.remove_prefix(comma + 1);
    }
}

bool names_smarthost(std::string_view text)
{
    return scheme_at_start(text) != nullptr;
}

mail::Result<Smarthost> parse_smarthost(std::string_view text)
{
    const NamedScheme* scheme = scheme_at_start(text);
    if (scheme == nullptr) return malformed("wants smtp://, smtps:// or lmtp://");
    Smarthost smarthost;
    smarthost.scheme = scheme->scheme;
    text.remove_prefix(scheme->name.size() + 1);
    const bool is_path = text.starts_with('/') && !text.starts_with("//");
    if (is_path && smarthost.scheme != Smarthost::Scheme::lmtp)
        return malformed("wants a host: only lmtp: takes the path of a socket");
    if (is_path) {
        if (text.size() > 107) return malformed("has too long a path for a unix socket");
        smarthost.socket = text;
        return smarthost;
    }
    if (text.starts_with("//")) text.remove_prefix(2);
    if (text.ends_with('/')) text.remove_suffix(1);
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        auto user = parse_user(text.substr(0, at));
        if (!user) return std::move(user).error();
        smarthost.user = std::move(*user);
        text.remove_prefix(at + 1);
    }
    if (auto ok = parse_place(text, smarthost); !ok) return std::move(ok).error();
    return smarthost;
}

std::optional<std::string> fault_in(const Smarthost& s)
{
    if (s.tls.cert.empty() != s.tls.key.empty()) return "--smtp-cert and --smtp-key go together";
    for (const std::string& pin : s.tls.pins)
        if (!is_pin(pin)) return "--smtp-pin wants sha256//BASE64 of the public key: " + pin;
    if (!is_domain(s.helo) && !is_address_literal(s.helo))
        return "--smtp-helo wants a host name or an address in brackets";
    const bool asks_for_a_name = s.tls.pins.empty() || !s.tls.ca.empty();
    if (demands_tls(s) && asks_for_a_name && s.host.empty() && s.tls.name.empty())
        return "TLS over a unix socket needs --smtp-server-name, the name in its certificate, or "
               "--smtp-pin";
    return fault_in_sign_in(s);
}

unsigned short port_of(const Smarthost& smarthost)
{
    if (smarthost.port != 0) return smarthost.port;
    if (smarthost.scheme == Smarthost::Scheme::smtps) return 465;
    if (smarthost.scheme == Smarthost::Scheme::lmtp) return 24;
    return is_on_loopback(smarthost) ? 25 : 587;
}

bool is_on_loopback(const Smarthost& smarthost)
{
    if (!smarthost.socket.empty() || smarthost.host == "localhost" || smarthost.host == "::1")
        return true;
    // 127.0.0.0/8, all four numbers of it: 127.evil.example is a name.
    return smarthost.host.starts_with("127.") &&
           std::count(smarthost.host.begin(), smarthost.host.end(), '.') == 3 &&
           smarthost.host.find_first_not_of("0123456789.") == std::string::npos;
}

bool wants_sign_in(const Smarthost& smarthost)
{
    return !smarthost.user.empty() || needs(smarthost.mechanisms, {Mechanism::external});
}

bool demands_tls(const Smarthost& s)
{
    const bool has_rules = !s.tls.ca.empty() || !s.tls.cert.empty() || !s.tls.pins.empty();
    return !is_on_loopback(s) || s.scheme == Smarthost::Scheme::smtps || has_rules ||
           wants_sign_in(s);
}

std::string server_of(const Smarthost& smarthost)
{
    if (!smarthost.socket.empty()) return smarthost.socket;
    const bool is_v6 = smarthost.host.find(':') != std::string::npos;
    return (is_v6 ? "[" + smarthost.host + "]" : smarthost.host) + ":" +
           std::to_string(port_of(smarthost));
}

std::string describe(const Smarthost& smarthost)
{
    if (!smarthost.socket.empty()) return "lmtp:" + smarthost.socket;
    return std::string(name_of(smarthost.scheme)) + "://" +
           (smarthost.user.empty() ? "" : smarthost.user + "@") + server_of(smarthost);
}

}  // namespace postman
