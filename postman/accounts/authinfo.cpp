#include "postman/accounts/authinfo.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/base64.h"
#include "common/privacy/ascii.h"
#include "postman/accounts/table_lines.h"

namespace postman
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::privacy::equals_ignoring_case;
using mail::privacy::lowered;

constexpr std::string_view kKey = "authinfo:";

/// The next `"…"` of `rest`, taken off it; nothing when there is none, or it is not sound.
std::optional<std::string_view> take_quoted(std::string_view& rest)
{
    rest = mail::privacy::trimmed(rest);
    if (!rest.starts_with('"')) return std::nullopt;
    const std::size_t end = rest.find('"', 1);
    if (end == rest.npos) return std::nullopt;
    const std::string_view item = rest.substr(1, end - 1);
    rest = mail::privacy::trimmed(rest.substr(end + 1));
    return item;
}

/// `T:text` or `T=base64`.
std::optional<std::string> value_of(std::string_view item)
{
    if (item.size() < 2) return std::nullopt;
    if (item[1] == ':') return std::string(item.substr(2));
    if (item[1] == '=') return mail::base64_decode(item.substr(2));
    return std::nullopt;
}

bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

/// "DIGEST-MD5 CRAM-MD5 GSSAPI" -> "DIGEST-MD5,CRAM-MD5".
std::string mechanisms_of(std::string_view list)
{
    std::string text;
    while (!(list = mail::privacy::trimmed(list)).empty()) {
        const std::size_t end = std::min(list.find_first_of(" \t,"), list.size());
        const std::string_view name = list.substr(0, end);
        list.remove_prefix(std::min(end + 1, list.size()));
        if (name.empty() || equals_ignoring_case(name, "GSSAPI")) continue;
        text.append(text.empty() ? "" : ",").append(name);
    }
    return text;
}

bool set_server(AuthInfo& entry, std::string_view server)
{
    if (server.starts_with('[')) {
        const std::size_t end = server.find(']');
        if (end == server.npos) return false;
        entry.host = lowered(server.substr(1, end - 1));
        server.remove_prefix(end + 1);
    } else {
        const std::size_t end = std::min(server.find(':'), server.size());
        entry.host = lowered(server.substr(0, end));
        server.remove_prefix(end);
    }
    if (server.empty()) return true;
    const char* end = server.data() + server.size();
    const auto [stop, error] = std::from_chars(server.data() + 1, end, entry.port);
    return server.front() == ':' && error == std::errc() && stop == end && entry.port != 0;
}

class ItemReader
{
public:
    std::optional<std::string> read(std::string_view rest)
    {
        while (!rest.empty()) {
            const auto item = take_quoted(rest);
            const auto value = item ? value_of(*item) : std::nullopt;
            if (!value || has_control(*value))
                return R"(wants items such as "I:user" or "P=c2VjcmV0" behind the server)";
            if (auto fault = take(item->front(), *value)) return fault;
        }
        return std::nullopt;
    }
    std::optional<std::string> fill(AuthInfo& entry) const
    {
        entry.user = authentication_id.empty() ? user_id : authentication_id;
        entry.password = password;
        entry.mechanisms = mechanisms;
        if (gives_mechanisms && mechanisms.empty())
            return "none of the mechanisms in M is one of ours: for GSSAPI there are client "
                   "certificates (M:EXTERNAL)";
        if (entry.user.empty()) return R"(no user: "I:NAME" or "U:NAME")";
        if (entry.password.empty() && !equals_ignoring_case(mechanisms, "EXTERNAL"))
            return R"(no password: "P:…")";
        return std::nullopt;
    }

private:
    std::optional<std::string> take(char tag, const std::string& value)
    {
        switch (tag) {
            case 'U':
                user_id = value;
                return std::nullopt;
            case 'I':
                authentication_id = value;
                return std::nullopt;
            case 'P':
                password = value;
                return std::nullopt;
            case 'R':  // the server names its realms
                return std::nullopt;
            case 'M':
                gives_mechanisms = true;
                mechanisms = mechanisms_of(value);
                return std::nullopt;
            default:
                return std::string("no such item: ") + tag + " (U, I, P, R and M are)";
        }
    }

    std::string user_id, authentication_id, password, mechanisms;
    bool gives_mechanisms = false;
};

}  // namespace

mail::Result<std::vector<AuthInfo>> parse_authinfo(std::string_view text)
{
    std::vector<AuthInfo> entries;
    const auto lines = table_lines(text);
    if (!lines) return lines.error();
    for (const TableLine& line : *lines) {
        if (lowered(line.key).substr(0, kKey.size()) != kKey) continue;  // an access map's other
        AuthInfo entry;
        entry.line = line.number;
        ItemReader items;
        auto fault = items.read(line.value);
        if (!fault && !set_server(entry, line.key.substr(kKey.size())))
            fault = "wants AuthInfo:HOST or AuthInfo:HOST:PORT";
        if (!fault) fault = items.fill(entry);
        if (fault) return at_table_line(line.number, *fault);
        entries.push_back(std::move(entry));
    }
    return entries;
}

const AuthInfo* find_authinfo(const std::vector<AuthInfo>& entries, std::string_view host,
                              unsigned short port)
{
    const std::string whole = lowered(host);
    std::string_view name = whole;
    while (true) {
        const AuthInfo* found = nullptr;
        for (const AuthInfo& entry : entries) {
            if (entry.host != name || (entry.port != 0 && entry.port != port)) continue;
            if (found == nullptr || (found->port == 0 && entry.port != 0)) found = &entry;
        }
        if (found != nullptr || name.empty()) return found;
        const std::size_t dot = name.find('.');
        name = dot == name.npos ? std::string_view() : name.substr(dot + 1);
    }
}

}  // namespace postman
