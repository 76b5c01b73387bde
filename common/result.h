/// Failures we expect are values; exceptions are for bugs and for `main`.
///
/// Result<T> holds a T or an Error, with the member names of std::expected (C++23), so that a later
/// switch is one alias. Each tier translates an Error once, in one visible function: to SMTP codes,
/// to HTTP status, to sysexits.
#pragma once

#include <cstring>
#include <string>
#include <utility>
#include <variant>

namespace mail
{

enum class ErrorKind {
    malformed,  // the input is not what its grammar says; trying again changes nothing
    refused,    // sound, but not accepted: a limit, a policy
    temporary,  // worth trying again: disk full, I/O error, nobody answers
    conflict,   // somebody else holds it, or it is there already
    corrupt,    // stored bytes are not what was stored
    missing,    // no such mail, lease, file
};

struct Error {
    ErrorKind kind = ErrorKind::temporary;
    std::string step;   // what was tried, with the object: "sync messages/018f….json"
    int sys_errno = 0;  // 0 where the system was not asked

    /// For logs and operators: the step and the system's words. Never for clients.
    std::string describe() const
    {
        return sys_errno == 0 ? step : step + ": " + std::strerror(sys_errno);
    }
};

/// "Worked, nothing to return."
struct Done {
};

template <class T>
class [[nodiscard]] Result
{
public:
    using value_type = T;

    Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

    bool has_value() const noexcept { return held_.index() == 0; }
    explicit operator bool() const noexcept { return has_value(); }

    T& value() & { return std::get<0>(held_); }
    const T& value() const& { return std::get<0>(held_); }
    T&& value() && { return std::get<0>(std::move(held_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    Error& error() & { return std::get<1>(held_); }
    const Error& error() const& { return std::get<1>(held_); }
    Error&& error() && { return std::get<1>(std::move(held_)); }

private:
    std::variant<T, Error> held_;
};

}  // namespace mail
