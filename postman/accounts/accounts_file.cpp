#include "postman/accounts/accounts_file.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>

#include "common/config.h"
#include "common/privacy/ascii.h"

namespace postman
{
namespace
{

using mail::ConfigLine;
using mail::Error;
using mail::ErrorKind;
using mail::privacy::lowered;
using mail::privacy::trimmed;

constexpr std::uint32_t kMostPerWindow = 1'000'000;

struct TextRow {
    const char* name;
    std::string Account::*member;
};

// clang-format off
constexpr std::array kTexts{
    TextRow{"deliver",          &Account::deliver},
    TextRow{"user",             &Account::user},
    TextRow{"password",         &Account::password},
    TextRow{"password-file",    &Account::password_file},
    TextRow{"password-command", &Account::password_command},
    TextRow{"token",            &Account::token},
    TextRow{"auth",             &Account::auth},
    TextRow{"ca",               &Account::ca},
    TextRow{"cert",             &Account::cert},
    TextRow{"key",              &Account::key},
    TextRow{"pin",              &Account::pin},
    TextRow{"tls-name",         &Account::tls_name},
    TextRow{"helo",             &Account::helo},
    TextRow{"timeout",          &Account::timeout},
    TextRow{"endpoint",         &Account::endpoint},
};
// clang-format on

Error at_line(int line, std::string fault)
{
    return {ErrorKind::malformed, "line " + std::to_string(line) + ": " + std::move(fault)};
}

std::optional<std::uint32_t> parse_limit(const std::string& text)
{
    std::uint32_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || number == 0 || number > kMostPerWindow)
        return std::nullopt;
    return number;
}

std::optional<bool> parse_flag(const std::string& text)
{
    if (text == "true" || text == "yes") return true;
    if (text == "false" || text == "no") return false;
    return std::nullopt;
}

std::string unknown_name(const ConfigLine& line, const std::vector<std::string>& known,
                         const std::string& where)
{
    std::string fault = "unknown name " + line.name + " " + where;
    if (const auto near = mail::nearest_name(line.name, known))
        fault += " (did you mean " + *near + "?)";
    return fault;
}

/// The section lines, by number; the rest is what common/config.h reads.
struct Sections {
    std::map<int, std::string> names;
    std::string masked;  // the text, with empty lines in their places
};

bool is_section_name(std::string_view name)
{
    return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return mail::privacy::is_letter(c) || mail::privacy::is_digit(c) || c == '.' || c == '_' ||
               c == '-' || c == '@';
    });
}

mail::Result<Sections> read_sections(std::string_view text)
{
    Sections sections;
    sections.masked.reserve(text.size());
    for (int number = 1; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::string_view content = trimmed(line);
        if (!content.starts_with('[')) {
            sections.masked.append(line).append("\n");
            continue;
        }
        sections.masked += "\n";
        const std::string_view name =
            content.substr(1, content.size() - std::min<std::size_t>(2, content.size()));
        if (!content.ends_with(']') || !is_section_name(name))
            return at_line(number, "a section is [NAME], of letters, digits and . _ - @");
        sections.names.emplace(number, name);
    }
    return sections;
}

class Reader
{
public:
    explicit Reader(const Sections& sections) : sections_(sections) {}

    mail::Result<AccountsFile> read(const std::vector<ConfigLine>& lines)
    {
        auto section = sections_.names.begin();
        for (const ConfigLine& line : lines) {
            for (; section != sections_.names.end() && section->first < line.line; ++section)
                if (auto fault = begin(section->first, section->second)) return *fault;
            auto fault = in_account_ ? take_in_account(line) : take_common(line);
            if (fault) return at_line(line.line, *fault);
        }
        for (; section != sections_.names.end(); ++section)
            if (auto fault = begin(section->first, section->second)) return *fault;
        if (auto fault = fault_at_end()) return *fault;
        return std::move(file_);
    }

private:
    std::optional<Error> begin(int line, const std::string& name)
    {
        if (auto fault = fault_at_end()) return fault;
        if (!names_.insert(name).second)
            return at_line(line, "the account " + name + " is there twice");
        Account account;
        account.name = name;
        account.line = line;
        file_.accounts.push_back(std::move(account));
        in_account_ = true;
        given_.clear();
        return std::nullopt;
    }
    std::optional<std::string> take_common(const ConfigLine& line)
    {
        if (line.name == "authinfo") return file_.authinfo.push_back(line.value), std::nullopt;
        if (line.name == "exim-smart-hosts")
            return file_.exim_smart_hosts.push_back(line.value), std::nullopt;
        if (line.name == "generics-domain")
            return file_.generics_domains.push_back(lowered(line.value)), std::nullopt;
        if (!given_.insert(line.name).second) return line.name + " is given twice";
        if (line.name == "default") {
            file_.default_account = line.value;
            file_.default_line = line.line;
        } else if (line.name == "genericstable") {
            file_.genericstable = line.value;
        } else if (line.name == "generics-domain-file") {
            file_.generics_domain_file = line.value;
        } else if (line.name == "generics-entire-domain") {
            const auto flag = parse_flag(line.value);
            if (!flag) return "generics-entire-domain is true or false";
            file_.generics_entire_domain = *flag;
        } else {
            return unknown_name(
                line,
                {"default", "authinfo", "exim-smart-hosts", "genericstable", "generics-domain",
                 "generics-domain-file", "generics-entire-domain"},
                "before the first [ACCOUNT]");
        }
        return std::nullopt;
    }
    std::optional<std::string> take_in_account(const ConfigLine& line)
    {
        Account& account = file_.accounts.back();
        if (line.name == "for") return take_served(account, line.value);
        if (!given_.insert(line.name).second) return line.name + " is given twice";
        if (line.value.empty()) return line.name + " is empty";
        if (line.name == "per-minute" || line.name == "per-day") return take_limit(account, line);
        if (line.name == "count") {
            if (line.value != "mails" && line.value != "recipients")
                return "count is mails or recipients";
            account.limits.counts_recipients = line.value == "recipients";
            return std::nullopt;
        }
        std::vector<std::string> known = {"for", "per-minute", "per-day", "count"};
        for (const TextRow& row : kTexts) {
            if (line.name == row.name) return account.*row.member = line.value, std::nullopt;
            known.emplace_back(row.name);
        }
        return unknown_name(line, known, "in an account");
    }
    std::optional<std::string> take_served(Account& account, const std::string& value)
    {
        auto served = parse_served(value);
        if (!served) return served.error().step;
        if (!served_.insert(*served).second) return *served + " is served twice";
        account.serves.push_back(std::move(*served));
        return std::nullopt;
    }
    std::optional<std::string> take_limit(Account& account, const ConfigLine& line)
    {
        const auto limit = parse_limit(line.value);
        if (!limit) return line.name + " is a number from 1 to 1000000";
        (line.name == "per-day" ? account.limits.per_day : account.limits.per_minute) = *limit;
        return std::nullopt;
    }
    /// Of the account that ends here.
    std::optional<Error> fault_at_end() const
    {
        if (!in_account_) return std::nullopt;
        const Account& account = file_.accounts.back();
        if (account.deliver.empty())
            return at_line(account.line, "the account " + account.name + " has no deliver");
        const int secrets = !account.password.empty() + !account.password_file.empty() +
                            !account.password_command.empty() + !account.token.empty();
        if (secrets > 1)
            return at_line(account.line,
                           "the account " + account.name +
                               " has several secrets: one of password, password-file, "
                               "password-command and token");
        return std::nullopt;
    }

    const Sections& sections_;
    AccountsFile file_;
    bool in_account_ = false;
    std::set<std::string> names_;
    std::set<std::string> served_;
    std::set<std::string> given_;  // in this section
};

}  // namespace

mail::Result<std::string> parse_served(std::string_view text)
{
    std::string served = lowered(text);
    const std::size_t at = served.rfind('@');
    const std::string domain = at == served.npos ? served : served.substr(at + 1);
    const std::string_view name = std::string_view(domain).substr(domain.starts_with('.') ? 1 : 0);
    const bool is_sound = !name.empty() && name.front() != '.' && name.back() != '.' && at != 0 &&
                          !(at != served.npos && domain.starts_with('.')) &&
                          name.find_first_of(" \t,;:<>\"/\\") == name.npos;
    if (!is_sound)
        return Error{ErrorKind::malformed,
                     "for is an address, a domain, or .domain for what is under it"};
    return served;
}

mail::Result<AccountsFile> parse_accounts_file(std::string_view text)
{
    const auto sections = read_sections(text);
    if (!sections) return sections.error();
    const auto lines = mail::parse_config(sections->masked);
    if (!lines) return lines.error();
    return Reader(*sections).read(*lines);
}

}  // namespace postman
