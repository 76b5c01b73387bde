/// The accounts file, ready to deliver: its ways out opened, its counts in the state directory.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "postman/accounts/account_router.h"
#include "postman/accounts/account_table.h"
#include "postman/delivery_backend.h"

namespace postman
{

/// What the router needs of the courier's options.
struct RouterSettings {
    std::string accounts;  // the file
    std::string state;
    std::chrono::seconds timeout;  // of a sendmail and of gmail; a smarthost may have its own
    SecondLook look = nullptr;     // at what a genericstable wrote
};

/// Reads the file as AccountTable::read does, and looks at the words of its token sources.
/// errors  as that; malformed: "FILE: line 3: token: …"
[[nodiscard]] mail::Result<AccountTable> read_accounts(const std::string& path);

/// A file that is not sound gives a way out that is broken, and says so in its check().
[[nodiscard]] std::unique_ptr<DeliveryBackend> make_account_router(const RouterSettings& settings);

}  // namespace postman
