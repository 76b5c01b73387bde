/// The request guard: any bytes, in any pieces, give the same verdict, and a head that passes has
/// the form that it promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "common/http/request_guard.h"

using mail::http::RequestGuard;

namespace
{

struct Verdict {
    RequestGuard::State state;
    std::size_t consumed;
    int status;
    bool operator==(const Verdict&) const = default;
};

Verdict judge(RequestGuard& guard, std::string_view bytes, std::size_t piece)
{
    std::size_t at = 0;
    while (at < bytes.size() && guard.state() == RequestGuard::State::reading) {
        std::size_t consumed = 0;
        guard.feed(bytes.substr(at, piece), consumed);
        at += consumed;
    }
    return {guard.state(), at,
            guard.state() == RequestGuard::State::refused ? guard.refusal().status : 0};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    RequestGuard whole(1024 * 1024);
    RequestGuard split(1024 * 1024);
    if (judge(whole, bytes, size + 1) != judge(split, bytes, 1)) std::abort();
    if (whole.state() != RequestGuard::State::complete) return 0;
    const auto& head = whole.head();
    if (head.target.empty() || head.target.front() != '/' || head.body_bytes > 1024 * 1024)
        std::abort();
    for (const auto& [name, value] : head.fields) {
        if (name.empty() || name.find_first_of(" \t\r\n:") != std::string::npos) std::abort();
        if (value.find_first_of("\r\n") != std::string::npos ||
            value.find('\0') != std::string::npos)
            std::abort();
    }
    return 0;
}
