/// Who may come in: names and passwords, as basic authentication (RFC 7617) has them or SMTP's AUTH
/// (RFC 4954), against crypt(3) hashes.
///
/// Same work and same answer for a wrong password and an unknown name. What was verified once is
/// remembered under a keyed hash, in memory only, so that a slow hash costs once and not per
/// request.
#pragma once

#include <array>
#include <atomic>
#include <semaphore>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "common/users/users_file.h"

namespace mail
{

struct Credentials {
    std::string name;
    std::string password;
};
/// Overwrites the password.
void wipe(Credentials& credentials);

class Users
{
public:
    enum class Verdict {
        welcome,
        denied,  // 401
        busy,    // 429: kSlowHashesAtOnce are being computed already
    };
    struct Login {
        Verdict verdict = Verdict::denied;
        std::string name;  // as the client gave it, for the log; empty without sound credentials
    };
    static constexpr int kSlowHashesAtOnce = 4;

    explicit Users(std::vector<UserEntry> entries);

    /// authorization  the value of the Authorization field, empty when there was none
    /// blocks         for a slow hash, unless the credentials are remembered
    [[nodiscard]] Login check(std::string_view authorization);
    /// blocks  as above
    [[nodiscard]] Login check_password(const Credentials& credentials);
    /// Welcome without a slow hash: check_password() would not block.
    [[nodiscard]] bool remembers(const Credentials& credentials) const;

    /// Other users from now on; nothing is remembered.
    void replace(std::vector<UserEntry> entries);

    /// How many slow hashes were computed; for tests.
    std::uint64_t slow_hashes() const { return slow_hashes_; }

private:
    using Digest = std::string;  // 32 bytes: HMAC-SHA256 under a key of this process

    struct User {
        Digest name;
        std::string hash;
    };

    Digest keyed(std::string_view text) const;
    bool is_remembered(const Digest& credentials) const;
    User find(std::string_view name, bool& known, std::uint64_t& generation) const;
    void remember(const Digest& credentials, std::uint64_t generation);

    std::array<unsigned char, 32> key_{};
    mutable std::shared_mutex mutex_;
    std::vector<User> users_;                // guarded by mutex_
    std::unordered_set<Digest> remembered_;  // guarded by mutex_
    std::uint64_t generation_ = 0;           // guarded by mutex_; counts replace()
    std::counting_semaphore<kSlowHashesAtOnce> slots_{kSlowHashesAtOnce};
    std::atomic<std::uint64_t> slow_hashes_{0};
};

/// "Basic …" -> name and password; nothing if it is not sound. Exposed for tests.
[[nodiscard]] bool parse_basic(std::string_view authorization, Credentials& credentials);

}  // namespace mail
