/// What keeps tokens out of places where they would stay: core dumps and freed memory.
#pragma once

#include <string>
#include <string_view>

namespace postman::oauth
{

/// No core dump and no debugger of the same user from here on (prctl PR_SET_DUMPABLE).
void keep_out_of_core_dumps();
/// Overwrites the octets, then empties the string.
void wipe(std::string& secret);

/// Wipes a string at the end of its scope.
class WipeAtEnd
{
public:
    explicit WipeAtEnd(std::string& secret) : secret_(secret) {}
    WipeAtEnd(const WipeAtEnd&) = delete;
    WipeAtEnd& operator=(const WipeAtEnd&) = delete;
    ~WipeAtEnd() { wipe(secret_); }

private:
    std::string& secret_;
};

/// Takes the same time for all texts of one length.
[[nodiscard]] bool is_same_secret(std::string_view one, std::string_view other);
/// What a token may look like: 1 to 16,384 visible ASCII characters, so that it can stand in a
/// header, a line and between XOAUTH2's ^A.
[[nodiscard]] bool is_token(std::string_view text);

}  // namespace postman::oauth
