#include "postman/accounts/genericstable.h"

#include <algorithm>
#include <vector>

#include "common/privacy/ascii.h"
#include "postman/accounts/table_lines.h"

namespace postman
{
namespace
{

using mail::privacy::lowered;

/// One key to look up, and what its value's %1 stands for.
struct Lookup {
    std::string key;
    std::string part;
};

std::vector<Lookup> lookups(const std::string& local, const std::string& domain)
{
    const std::size_t plus = local.find('+');
    const bool has_detail = plus != local.npos && plus > 0;
    const std::string user = local.substr(0, plus);
    const std::string detail = has_detail ? local.substr(plus + 1) : "";
    std::vector<Lookup> list;
    if (!domain.empty()) {
        list.push_back({local + "@" + domain, local});
        if (has_detail) list.push_back({user + "+*@" + domain, detail});
        if (has_detail) list.push_back({user + "@" + domain, user});
        list.push_back({"@" + domain, local});
    }
    list.push_back({local, local});
    if (has_detail) list.push_back({user + "+*", detail});
    if (has_detail) list.push_back({user, user});
    return list;
}

std::string filled(const std::string& value, const std::string& part)
{
    std::string text;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const bool is_place = value[i] == '%' && i + 1 < value.size() && value[i + 1] == '1';
        if (is_place) ++i;
        is_place ? text.append(part) : text.append(1, value[i]);
    }
    return text;
}

bool is_sound_value(std::string_view value)
{
    return !value.ends_with('@') && !value.starts_with('@') &&
           std::none_of(value.begin(), value.end(), [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == '\x7f' || c == '<' || c == '>' ||
                      c == ',';
           });
}

}  // namespace

mail::Result<GenericsTable> GenericsTable::parse(std::string_view text)
{
    const auto lines = table_lines(text);
    if (!lines) return lines.error();
    GenericsTable table;
    for (const TableLine& line : *lines) {
        if (!is_sound_value(line.value))
            return at_table_line(line.number, "wants one address behind the sender");
        if (!table.entries_.emplace(lowered(line.key), line.value).second)
            return at_table_line(line.number, std::string(line.key) + " is there twice");
    }
    return table;
}

void GenericsTable::add_domain(std::string_view domain)
{
    domains_.insert(lowered(domain));
}

bool GenericsTable::is_looked_up(const std::string& domain) const
{
    if (domain.empty() || domains_.contains(domain)) return true;
    if (!is_entire_) return false;
    for (std::size_t dot = domain.find('.'); dot != domain.npos; dot = domain.find('.', dot + 1))
        if (domains_.contains(domain.substr(dot + 1))) return true;
    return false;
}

const std::string* GenericsTable::find(const std::string& key) const
{
    const auto found = entries_.find(lowered(key));
    return found == entries_.end() ? nullptr : &found->second;
}

std::optional<std::string> GenericsTable::mapped(std::string_view sender) const
{
    if (sender.empty()) return std::nullopt;
    const std::size_t at = sender.rfind('@');
    const std::string local(sender.substr(0, at));
    const std::string domain(at == sender.npos ? std::string_view() : sender.substr(at + 1));
    if (local.empty() || !is_looked_up(lowered(domain))) return std::nullopt;
    for (const Lookup& lookup : lookups(local, domain)) {
        const std::string* value = find(lookup.key);
        if (value == nullptr) continue;
        std::string address = filled(*value, lookup.part);
        if (address.find('@') == address.npos && !domain.empty()) address += "@" + domain;
        return address == sender ? std::nullopt : std::optional(std::move(address));
    }
    return std::nullopt;
}

}  // namespace postman
