/// sendmail's genericstable: senders in the form that the outside knows (cf/README,
/// FEATURE(genericstable), generics_entire_domain). Pure.
///
///     root                    admin@shop.example
///     app@web1.internal       web@shop.example
///     list+*@web1.internal    list+%1@shop.example
///     @web1.internal          %1@shop.example
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "common/result.h"

namespace postman
{

class GenericsTable
{
public:
    /// errors  malformed: "line 3: …"
    [[nodiscard]] static mail::Result<GenericsTable> parse(std::string_view text);

    /// Class {G}: addresses of this domain are looked up. Unqualified ones always are.
    void add_domain(std::string_view domain);
    /// Those of its sub-domains too.
    void take_entire_domains() { is_entire_ = true; }

    /// What stands in the sender's place; none where it stays, as the null sender does. Looked up
    /// in sendmail's order, without case: user@domain, user+*@domain, the same without the detail,
    /// @domain, user, user+*, user without the detail. A value without a domain keeps the old one.
    [[nodiscard]] std::optional<std::string> mapped(std::string_view sender) const;
    [[nodiscard]] bool is_empty() const { return entries_.empty(); }

private:
    const std::string* find(const std::string& key) const;
    bool is_looked_up(const std::string& domain) const;

    std::map<std::string, std::string> entries_;  // keys in lower case, as makemap writes them
    std::set<std::string> domains_;
    bool is_entire_ = false;
};

}  // namespace postman
