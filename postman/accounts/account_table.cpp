#include "postman/accounts/account_table.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "common/config.h"
#include "common/privacy/ascii.h"
#include "postman/accounts/accounts_file.h"
#include "postman/accounts/exim_smart_hosts.h"
#include "postman/accounts/table_lines.h"

namespace postman
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr off_t kMaxFileBytes = 1 << 20;

struct Text {
    std::string octets;
    bool is_open = false;  // everybody may read it
};

Result<Text> read_text(const std::string& path)
{
    struct stat status {
    };
    if (::stat(path.c_str(), &status) != 0)
        return Error{ErrorKind::temporary, "read " + path, errno};
    if (!S_ISREG(status.st_mode) || status.st_size > kMaxFileBytes)
        return Error{ErrorKind::refused, path + " is no plain file of at most 1 MiB"};
    std::ifstream input(path, std::ios::binary);
    if (!input) return Error{ErrorKind::temporary, "read " + path, errno};
    return Text{std::string(std::istreambuf_iterator<char>(input), {}),
                (status.st_mode & 0007) != 0};
}

Error open_to_all(const std::string& path)
{
    return {ErrorKind::refused,
            path + " holds secrets and is open to everyone: chmod 0640 " + path};
}

Error in_file(const std::string& path, Error error)
{
    error.step = path + ": " + error.step;
    return error;
}

Result<std::vector<AuthInfo>> read_authinfo(const std::vector<std::string>& paths)
{
    std::vector<AuthInfo> all;
    for (const std::string& path : paths) {
        const auto text = read_text(path);
        if (!text) return text.error();
        if (text->is_open) return open_to_all(path);
        auto entries = parse_authinfo(text->octets);
        if (!entries) return in_file(path, entries.error());
        std::move(entries->begin(), entries->end(), std::back_inserter(all));
    }
    return all;
}

bool has_secret(const std::vector<Account>& accounts)
{
    return std::any_of(accounts.begin(), accounts.end(),
                       [](const Account& account) { return !account.password.empty(); });
}

Result<std::vector<Account>> read_exim(const std::string& path)
{
    const auto text = read_text(path);
    if (!text) return text.error();
    auto accounts = parse_exim_smart_hosts(text->octets);
    if (!accounts) return in_file(path, accounts.error());
    if (text->is_open && has_secret(*accounts)) return open_to_all(path);
    for (Account& account : *accounts) account.file = path;
    return accounts;
}

Result<GenericsTable> read_generics(const AccountsFile& file)
{
    if (file.genericstable.empty()) return GenericsTable{};
    const auto text = read_text(file.genericstable);
    if (!text) return text.error();
    auto table = GenericsTable::parse(text->octets);
    if (!table) return in_file(file.genericstable, table.error());
    for (const std::string& domain : file.generics_domains) table->add_domain(domain);
    if (file.generics_entire_domain) table->take_entire_domains();
    if (file.generics_domain_file.empty()) return table;
    const auto domains = read_text(file.generics_domain_file);
    if (!domains) return domains.error();
    std::string_view rest = domains->octets;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const auto line = mail::privacy::trimmed(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (!line.empty() && !line.starts_with('#')) table->add_domain(line);
    }
    return table;
}

}  // namespace

Result<mail::Done> AccountTable::add(Account account, const std::vector<AuthInfo>& authinfo)
{
    const auto fault = [&](const std::string& what) {
        return Error{ErrorKind::malformed, place_of(account) + ": " + what};
    };
    for (const Entry& entry : entries_)
        if (entry.account.name == account.name)
            return fault("the account " + account.name + " is in " + place_of(entry.account) +
                         " too");
    auto way = way_of(account, authinfo);
    if (!way) return fault(way.error().step);
    const auto* smarthost = std::get_if<SmarthostWay>(&*way);
    if (smarthost != nullptr && smarthost->token.empty())  // a token comes later, from its source
        if (const auto what = fault_in(smarthost->smarthost)) return fault(*what);
    for (const std::string& served : account.serves)
        if (!served_.emplace(served, entries_.size()).second)
            return fault(served + " is served by another account already");
    if (account.name == "*") default_ = entries_.size();
    entries_.push_back({std::move(account), std::move(*way)});
    return mail::Done{};
}

Result<mail::Done> AccountTable::set_default(std::string_view name)
{
    std::vector<std::string> known;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        known.push_back(entries_[i].account.name);
        if (known.back() == name) return default_ = i, mail::Done{};
    }
    const auto near = mail::nearest_name(name, known);
    return Error{ErrorKind::malformed, "default: there is no account " + std::string(name) +
                                           (near ? " (did you mean " + *near + "?)" : "")};
}

Result<AccountTable> AccountTable::read(const std::string& path)
{
    const auto text = read_text(path);
    if (!text) return text.error();
    auto file = parse_accounts_file(text->octets);
    if (!file) return in_file(path, file.error());
    if (text->is_open && has_secret(file->accounts)) return open_to_all(path);
    const auto authinfo = read_authinfo(file->authinfo);
    if (!authinfo) return authinfo.error();

    AccountTable table;
    for (Account& account : file->accounts) {
        account.file = path;
        if (auto ok = table.add(std::move(account), *authinfo); !ok) return ok.error();
    }
    for (const std::string& exim : file->exim_smart_hosts) {
        auto accounts = read_exim(exim);
        if (!accounts) return accounts.error();
        for (Account& account : *accounts)
            if (auto ok = table.add(std::move(account), *authinfo); !ok) return ok.error();
    }
    if (table.entries_.empty()) return Error{ErrorKind::malformed, path + ": no account is in it"};
    if (!file->default_account.empty())
        if (auto ok = table.set_default(file->default_account); !ok)
            return in_file(path + ": line " + std::to_string(file->default_line), ok.error());
    auto generics = read_generics(*file);
    if (!generics) return generics.error();
    table.generics_ = std::move(*generics);
    return table;
}

std::optional<std::size_t> AccountTable::find(std::string_view sender,
                                              std::string_view recipient) const
{
    const std::string address = mail::privacy::lowered(sender.empty() ? recipient : sender);
    const auto look_up = [&](std::string_view key) -> std::optional<std::size_t> {
        const auto found = served_.find(key);
        return found == served_.end() ? std::nullopt : std::optional(found->second);
    };
    if (!sender.empty())
        if (const auto found = look_up(address)) return found;
    const std::size_t at = address.rfind('@');
    if (at == address.npos) return default_;
    const std::string_view domain = std::string_view(address).substr(at + 1);
    if (const auto found = look_up(domain)) return found;
    for (std::size_t dot = domain.find('.'); dot != domain.npos; dot = domain.find('.', dot + 1))
        if (const auto found = look_up(domain.substr(dot))) return found;
    return default_;
}

}  // namespace postman
