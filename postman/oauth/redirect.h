/// What a browser brings back to the loopback address (RFC 8252 7.3, RFC 6749 4.1.2): one HTTP
/// request, read without trust. Pure.
#pragma once

#include <string>
#include <string_view>

namespace postman::oauth
{

inline constexpr std::size_t kMaxRedirectHead = 16 * 1024;

struct Redirect {
    enum class Kind {
        code,        // ours, with a code to redeem
        refused,     // ours, with the provider's error
        other,       // not ours: another path, method, state; the wait goes on
        incomplete,  // more of the request is to come
    };
    Kind kind = Kind::other;
    std::string code;   // a secret
    std::string error;  // "access_denied", printable
};

/// `head` is what has come of the request; `path` and `state` are those we gave out.
[[nodiscard]] Redirect judge_redirect(std::string_view head, std::string_view path,
                                      std::string_view state);

/// The whole HTTP answer for the person's browser.
[[nodiscard]] std::string redirect_answer(const Redirect& redirect);

}  // namespace postman::oauth
