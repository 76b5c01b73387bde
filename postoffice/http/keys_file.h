/// The keys that clients sign with: a file, and the ones that hold now.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"

namespace postoffice::http
{

inline constexpr std::size_t kMinKeyBytes = 16;
inline constexpr std::size_t kMaxKeys = 32;  // each is tried at each request

using Keys = std::vector<std::string>;

/// A key a line: its octets as they stand, less the line end. Empty lines and those that begin
/// with # are none. Pure.
/// errors  malformed, with the line's number and never the key: under 16 octets, nothing but white
///         space, over 32 keys; no key at all
[[nodiscard]] mail::Result<Keys> parse_keys(std::string_view text);

/// errors  as parse_keys and mail::read_secret_file
[[nodiscard]] mail::Result<Keys> read_keys_file(const std::string& path);

/// Any thread.
class KeyRing
{
public:
    explicit KeyRing(Keys keys) : keys_(std::make_shared<const Keys>(std::move(keys))) {}

    [[nodiscard]] std::shared_ptr<const Keys> now() const
    {
        const std::lock_guard lock(mutex_);
        return keys_;
    }
    void replace(Keys keys)
    {
        auto fresh = std::make_shared<const Keys>(std::move(keys));
        const std::lock_guard lock(mutex_);
        keys_ = std::move(fresh);
    }

private:
    mutable std::mutex mutex_;
    std::shared_ptr<const Keys> keys_;
};

}  // namespace postoffice::http
