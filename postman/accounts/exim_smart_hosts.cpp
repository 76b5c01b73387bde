#include "postman/accounts/exim_smart_hosts.h"

#include <algorithm>
#include <optional>
#include <set>

#include "common/config.h"
#include "common/privacy/ascii.h"
#include "postman/accounts/accounts_file.h"
#include "postman/accounts/table_lines.h"

namespace postman
{
namespace
{

using mail::privacy::trimmed;

struct Item {
    std::string name;
    std::string value;
};

/// The next `name=value` or `name="a value"` of `rest`, taken off it.
std::optional<Item> take_item(std::string_view& rest)
{
    const std::size_t equals = rest.find('=');
    if (equals == rest.npos || equals == 0) return std::nullopt;
    Item item{std::string(trimmed(rest.substr(0, equals))), {}};
    rest = trimmed(rest.substr(equals + 1));
    if (rest.starts_with('"')) {
        const std::size_t end = rest.find('"', 1);
        if (end == rest.npos) return std::nullopt;
        item.value = rest.substr(1, end - 1);
        rest = trimmed(rest.substr(end + 1));
    } else {
        const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
        item.value = rest.substr(0, end);
        rest = trimmed(rest.substr(end));
    }
    return item;
}

/// "smtp.office365.com::587" -> "smtp://smtp.office365.com:587".
std::optional<std::string> url_of(const std::string& host)
{
    const std::size_t colons = host.find("::");
    const std::string name = host.substr(0, colons);
    const std::string port = colons == host.npos ? "587" : host.substr(colons + 2);
    const bool is_sound = !name.empty() && name.find_first_of(": /@") == name.npos &&
                          !port.empty() && port.find_first_not_of("0123456789") == port.npos;
    if (!is_sound) return std::nullopt;
    return (port == "465" ? "smtps://" : "smtp://") + name + ":" + port;
}

std::optional<std::string> take(Account& account, Item item)
{
    if (item.value.empty()) return item.name + " is empty";
    if (item.name == "host") {
        auto url = url_of(item.value);
        if (!url) return "host is one NAME or NAME::PORT";
        account.deliver = std::move(*url);
    } else if (item.name == "user") {
        account.user = std::move(item.value);
    } else if (item.name == "password") {
        account.password = std::move(item.value);
    } else if (item.name == "helo") {
        account.helo = std::move(item.value);
    } else if (item.name == "oauth") {
        account.token = "socket:" + item.value;
    } else {
        const auto near =
            mail::nearest_name(item.name, {"host", "user", "password", "helo", "oauth"});
        return "unknown name " + item.name + (near ? " (did you mean " + *near + "?)" : "");
    }
    return std::nullopt;
}

std::optional<std::string> fill(Account& account, const TableLine& line)
{
    std::string_view rest = line.value;
    while (!rest.empty()) {
        auto item = take_item(rest);
        if (!item) return "wants name=value behind the domain";
        if (auto fault = take(account, std::move(*item))) return fault;
    }
    if (account.deliver.empty()) return "no host";
    if (!account.password.empty() && !account.token.empty())
        return "password and oauth exclude each other";
    if (account.user.empty() && !(account.password.empty() && account.token.empty()))
        return "a secret and no user";
    return std::nullopt;
}

}  // namespace

mail::Result<std::vector<Account>> parse_exim_smart_hosts(std::string_view text)
{
    const auto lines = table_lines(text);
    if (!lines) return lines.error();
    std::vector<Account> accounts;
    std::set<std::string> names;
    for (const TableLine& line : *lines) {
        std::string_view key = line.key;
        if (key.ends_with(':')) key.remove_suffix(1);
        Account account;
        account.line = line.number;
        if (key == "*") {
            account.name = key;
        } else {
            auto served = parse_served(key);
            if (!served || key.find('@') != key.npos)
                return at_table_line(line.number, "wants a sender's domain before the colon");
            account.name = *served;
            account.serves = {std::move(*served)};
        }
        if (!names.insert(account.name).second)
            return at_table_line(line.number, account.name + " is there twice");
        if (const auto fault = fill(account, line)) return at_table_line(line.number, *fault);
        accounts.push_back(std::move(account));
    }
    return accounts;
}

}  // namespace postman
