#include "common/users/users.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <stdexcept>

#include "common/base64.h"
#include "common/http/message.h"

namespace mail
{
namespace
{

constexpr std::size_t kMostRemembered = 1000;

bool is_same(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool verify(const std::string& password, const std::string& hash)
{
    const auto memory = std::make_unique<crypt_data>();  // 32 KiB
    const char* computed = ::crypt_r(password.c_str(), hash.c_str(), memory.get());
    const bool same = computed != nullptr && is_same(computed, hash);
    OPENSSL_cleanse(memory.get(), sizeof *memory);
    return same;
}

struct Slot {
    std::counting_semaphore<Users::kSlowHashesAtOnce>& slots;
    ~Slot() { slots.release(); }
};

}  // namespace

bool parse_basic(std::string_view authorization, Credentials& credentials)
{
    const auto space = authorization.find(' ');
    if (space == std::string_view::npos) return false;
    if (!mail::http::same_field_name(authorization.substr(0, space), "Basic")) return false;
    const auto first = authorization.find_first_not_of(' ', space);
    if (first == std::string_view::npos) return false;
    const auto decoded = mail::base64_decode(authorization.substr(first));
    if (!decoded || has_control(*decoded)) return false;
    const auto colon = decoded->find(':');
    if (colon == std::string::npos) return false;
    credentials = {decoded->substr(0, colon), decoded->substr(colon + 1)};
    return credentials.password.size() <= CRYPT_MAX_PASSPHRASE_SIZE;
}

void wipe(Credentials& credentials)
{
    OPENSSL_cleanse(credentials.password.data(), credentials.password.size());
    credentials.password.clear();
}

Users::Users(std::vector<UserEntry> entries)
{
    if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1)
        throw std::runtime_error("no random bytes");
    replace(std::move(entries));
}

void Users::replace(std::vector<UserEntry> entries)
{
    std::vector<User> users;
    users.reserve(entries.size());
    for (UserEntry& entry : entries) users.push_back({keyed(entry.name), std::move(entry.hash)});
    const std::unique_lock lock(mutex_);
    users_ = std::move(users);
    remembered_.clear();
    ++generation_;
}

Users::Login Users::check(std::string_view authorization)
{
    Credentials credentials;
    if (!parse_basic(authorization, credentials)) return {};
    return check_password(credentials);
}

bool Users::remembers(const Credentials& credentials) const
{
    return is_remembered(keyed(credentials.name + '\0' + credentials.password));
}

Users::Login Users::check_password(const Credentials& credentials)
{
    // crypt(3) would look at what is before a NUL only.
    if (has_control(credentials.name) || has_control(credentials.password) ||
        credentials.password.size() > CRYPT_MAX_PASSPHRASE_SIZE)
        return {Verdict::denied, credentials.name};
    const Digest digest = keyed(credentials.name + '\0' + credentials.password);
    if (is_remembered(digest)) return {Verdict::welcome, credentials.name};

    if (!slots_.try_acquire()) return {Verdict::busy, credentials.name};
    const Slot slot{slots_};
    bool known = false;
    std::uint64_t generation = 0;
    const User user = find(credentials.name, known, generation);
    ++slow_hashes_;
    const bool right = verify(credentials.password, user.hash);  // also for an unknown name
    if (!right || !known) return {Verdict::denied, credentials.name};
    remember(digest, generation);
    return {Verdict::welcome, credentials.name};
}

/// The user, or for an unknown name the first one, so that its hash costs what a known name's
/// costs.
Users::User Users::find(std::string_view name, bool& known, std::uint64_t& generation) const
{
    const Digest wanted = keyed(name);
    const std::shared_lock lock(mutex_);
    generation = generation_;
    std::size_t found = 0;
    for (std::size_t i = 0; i < users_.size(); ++i) {
        if (!is_same(users_[i].name, wanted)) continue;
        found = i;
        known = true;
    }
    return users_.empty() ? User{} : users_[found];
}

bool Users::is_remembered(const Digest& credentials) const
{
    const std::shared_lock lock(mutex_);
    return remembered_.count(credentials) != 0;
}

/// Unless the users were replaced while the hash was computed. bcrypt looks at 72 bytes only, so
/// one user can have many right passwords: hence the bound.
void Users::remember(const Digest& credentials, std::uint64_t generation)
{
    const std::unique_lock lock(mutex_);
    if (remembered_.size() >= kMostRemembered) remembered_.clear();
    if (generation == generation_) remembered_.insert(credentials);
}

Users::Digest Users::keyed(std::string_view text) const
{
    Digest digest(32, '\0');
    unsigned int size = 0;
    if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(),
             reinterpret_cast<unsigned char*>(digest.data()), &size) == nullptr)
        throw std::runtime_error("HMAC-SHA256 is not available");
    return digest;
}

}  // namespace mail
