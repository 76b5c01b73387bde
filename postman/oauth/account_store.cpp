#include "postman/oauth/account_store.h"

#include <sys/stat.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "common/spool/whole_file.h"
#include "postman/oauth/secret.h"

namespace postman::oauth
{
namespace
{

constexpr std::size_t kMaxUser = 150;
constexpr std::uint64_t kMaxAccountBytes = 256 * 1024;
constexpr std::string_view kSuffix = ".json";
constexpr std::chrono::milliseconds kLookAgain{50};

bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' ||
           c == '_' || c == '-' || c == '.';
}

std::string_view kind_of_access(const std::string& path)
{
    struct stat status {
    };
    if (::stat(path.c_str(), &status) != 0) return {};
    if ((status.st_mode & 0077) != 0) return "others may read or write it";
    return {};
}

void pause(std::stop_token stop)
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::move(stop), kLookAgain, [] { return false; });
}

AccountStatus status_of(const Account& account)
{
    AccountStatus status{.user = account.user,
                         .provider = account.provider,
                         .renewed_at = account.renewed_at,
                         .failed_at = account.failed_at,
                         .last_error = account.last_error,
                         .needs_person = account.is_lost};
    if (!account.access_token.empty()) status.expires_at = account.expires_at;
    if (account.is_lost) status.mend = mending_command(account);
    return status;
}

}  // namespace

mail::Result<std::string> account_file_stem(const std::string& user)
{
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
    if (user.empty() || user.size() > kMaxUser || std::any_of(user.begin(), user.end(), is_control))
        return mail::Error{mail::ErrorKind::malformed,
                           "an account's user has 1 to 150 octets and no control character"};
    std::string stem;
    for (const char c : user) {
        const bool is_leading_dot = stem.empty() && c == '.';
        if (is_plain(c) && !is_leading_dot)
            stem += c;
        else
            stem += percent_encode({&c, 1}) == std::string(1, c) ? "%2E" : percent_encode({&c, 1});
    }
    return stem;
}

AccountStore::AccountStore(std::string state, mail::Files& files)
    : state_(std::move(state)), directory_(state_ + "/oauth"), files_(files)
{
}

mail::Result<std::string> AccountStore::stem(const std::string& user) const
{
    auto name = account_file_stem(user);
    if (!name) return std::move(name).error();
    return directory_ + "/" + *name;
}

mail::Result<mail::Done> AccountStore::make_directory() const
{
    if (files_.status(directory_)) return mail::Done{};
    if (auto ok = files_.make_dir(state_); !ok) return ok;
    if (auto ok = files_.make_dir(directory_); !ok) return ok;
    return files_.sync_dir(state_);
}

mail::Result<Account> AccountStore::read(const std::string& user) const
{
    const auto name = stem(user);
    if (!name) return name.error();
    const std::string path = *name + std::string(kSuffix);
    const std::string mend = "postman auth --provider … --user " + user;
    auto text = files_.read_all(path, kMaxAccountBytes);
    if (!text && text.error().kind == mail::ErrorKind::missing)
        return mail::Error{mail::ErrorKind::missing,
                           "no account " + user + " in " + directory_ + ": run " + mend};
    if (!text) return std::move(text).error();
    const WipeAtEnd wiped(*text);
    if (const auto fault = kind_of_access(path); !fault.empty())
        return mail::Error{mail::ErrorKind::refused,
                           "the token file " + path + " is not used: " + std::string(fault) +
                               ": chmod 0600 " + path +
                               ", and sign in again if somebody did: " + mend};
    auto account = decode_account(*text);
    if (!account)
        return mail::Error{mail::ErrorKind::refused,
                           "the token file " + path + " cannot be used: " + account.error().step +
                               ": run " + mend};
    if (account->user != user)
        return mail::Error{mail::ErrorKind::refused, "the token file " + path +
                                                         " is of another account, " +
                                                         account->user + ": run " + mend};
    return account;
}

mail::Result<mail::Done> AccountStore::write(const Account& account)
{
    const auto name = stem(account.user);
    if (!name) return name.error();
    if (auto ok = make_directory(); !ok) return ok;
    std::string text = encode_account(account);
    const WipeAtEnd wiped(text);
    if (auto ok =
            mail::replace_whole_file(files_, *name + ".new", *name + std::string(kSuffix), text);
        !ok)
        return ok;
    return files_.sync_dir(directory_);
}

mail::Result<mail::LockFile> AccountStore::lock(const std::string& user,
                                                std::chrono::milliseconds patience,
                                                std::stop_token stop) const
{
    const auto name = stem(user);
    if (!name) return name.error();
    if (auto ok = make_directory(); !ok) return std::move(ok).error();
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        auto taken = mail::LockFile::take(*name + ".lock");
        if (taken || taken.error().kind != mail::ErrorKind::conflict) return taken;
        if (stop.stop_requested() || std::chrono::steady_clock::now() >= end) return taken;
        pause(stop);
    }
}

std::vector<AccountStatus> AccountStore::list() const
{
    std::vector<std::string> names;
    const auto note = [&](std::string_view name) {
        if (name.ends_with(kSuffix) && !name.starts_with('.')) names.emplace_back(name);
    };
    if (!files_.list(directory_, note)) return {};
    std::sort(names.begin(), names.end());
    std::vector<AccountStatus> statuses;
    for (const std::string& name : names) {
        const auto form = form_decode("user=" + name.substr(0, name.size() - kSuffix.size()));
        const std::string user = form ? value_of(*form, "user") : name;
        const auto account = read(user);
        statuses.push_back(account ? status_of(*account)
                                   : AccountStatus{.user = user,
                                                   .last_error = account.error().describe(),
                                                   .needs_person = true});
        if (!account) statuses.back().mend = "postman auth --provider … --user " + user;
    }
    return statuses;
}

std::vector<AccountStatus> account_statuses(const std::string& state)
{
    return AccountStore(state, mail::system_files()).list();
}

}  // namespace postman::oauth
