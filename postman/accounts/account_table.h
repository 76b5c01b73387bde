/// All accounts with what they need from other files, and who of them serves whom.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "postman/accounts/account.h"
#include "postman/accounts/account_way.h"
#include "postman/accounts/genericstable.h"

namespace postman
{

class AccountTable
{
public:
    struct Entry {
        Account account;
        AccountWay way;
    };

    /// Reads the accounts file and those that it names. A file with secrets in it that everybody
    /// may read is refused.
    ///
    /// errors  malformed: "FILE: line 3: …"; refused: its mode, with the chmod that mends it;
    ///         temporary: it cannot be read
    [[nodiscard]] static mail::Result<AccountTable> read(const std::string& path);

    /// The account for a sender, or for the null sender (`sender` empty) that of the recipient's
    /// domain: the address, its domain, the longest `.domain` over it, the default. Nothing where
    /// nobody serves it.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view sender,
                                                  std::string_view recipient) const;

    const std::vector<Entry>& entries() const { return entries_; }
    const GenericsTable& generics() const { return generics_; }

    // For read(), and for tests without files.
    [[nodiscard]] mail::Result<mail::Done> add(Account account,
                                               const std::vector<AuthInfo>& authinfo);
    [[nodiscard]] mail::Result<mail::Done> set_default(std::string_view name);
    void set_generics(GenericsTable table) { generics_ = std::move(table); }

private:
    std::vector<Entry> entries_;
    std::map<std::string, std::size_t, std::less<>> served_;
    std::optional<std::size_t> default_;
    GenericsTable generics_;
};

}  // namespace postman
