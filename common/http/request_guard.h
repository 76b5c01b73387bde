/// The request guard: vets the framing of a request before any library sees it. Pure.
///
/// Requests are read by two programs here (nginx and us), and whatever the two could read
/// differently is refused: a body without exactly one Content-Length, any Transfer-Encoding, bare
/// LF, folded lines, a space before the colon, control bytes. RFC 9112; the attacks:
/// docs/http-api.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/message.h"

namespace mail::http
{

inline constexpr std::size_t kMaxHeaderLines = 100;

/// How large a head may be. A service whose requests say more in theirs allows more.
struct HeadLimits {
    std::size_t head_bytes = 16 * 1024;
    std::size_t line_bytes = 8000;
    std::size_t target_bytes = 2000;  // at most 8,000: the library reads no longer ones
};

/// A head that passed.
struct Head {
    std::string method;  // GET, HEAD, POST, PUT, DELETE, PATCH or OPTIONS
    std::string target;  // origin-form: starts with a slash (RFC 9112 3.2.1)
    std::vector<Field> fields;
    std::uint64_t body_bytes = 0;  // that follow the head

    std::string_view path() const;
    std::string_view query() const;
};

/// Why a request is not read on. The connection is closed after the answer.
struct Refusal {
    int status = 400;
    std::string_view detail;  // for the client; lives for ever
};

/// Takes the bytes of one head as they come, in pieces of any size.
class RequestGuard
{
public:
    enum class State { reading, complete, refused };

    /// max_body_bytes  a Content-Length above it is refused with 413
    explicit RequestGuard(std::uint64_t max_body_bytes, const HeadLimits& limits = {})
        : max_body_bytes_(max_body_bytes), limits_(limits)
    {
    }

    /// Reads up to the end of the head or to the first byte that is refused, and no further.
    /// consumed  how many of `bytes` belong to the head; what follows is body
    State feed(std::string_view bytes, std::size_t& consumed);

    State state() const { return state_; }
    /// Whether any byte has come: an idle connection is closed without a word.
    bool has_begun() const { return head_bytes_ > 0; }
    Head& head() { return head_; }                       // when complete
    const Refusal& refusal() const { return refusal_; }  // when refused

private:
    void take(char c);
    void end_line();
    void request_line();
    void header_line();
    void note_field(std::string_view name, std::string_view value);
    void note_length(std::string_view value);
    void end_head();
    void refuse(int status, std::string_view detail);

    std::uint64_t max_body_bytes_;
    HeadLimits limits_;
    State state_ = State::reading;
    Head head_;
    Refusal refusal_;
    std::string line_;  // the current one, without CR LF
    bool saw_cr_ = false;
    std::size_t head_bytes_ = 0;
    std::size_t header_lines_ = 0;
    int hosts_ = 0;
    int lengths_ = 0;
    int authorizations_ = 0;
    bool transfer_encoding_ = false;
};

}  // namespace mail::http
