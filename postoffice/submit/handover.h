/// What became of one mail that was handed over, and how a program says so at its end. Pure.
#pragma once

#include <string>

#include "common/exit_codes.h"

namespace postoffice::submit
{

inline constexpr int kExitNoUser = 67;  // EX_NOUSER: a recipient is refused
inline constexpr int kExitNoHost = 68;  // EX_NOHOST: its domain is

struct Handover {
    enum class Kind {
        accepted,  // the other side has it, durable
        not_now,   // worth another try; nobody is known to have it
        refused,   // as it is, it will never go
    };
    Kind kind = Kind::not_now;
    std::string reason = "nobody was asked";  // for people; of not_now and refused
    int exit_code = mail::kExitTemporary;     // after sysexits.h
    std::string id = {};                      // of accepted: what the other side calls it
    /// Of not_now: all of it was sent, and the answer did not come. Another try may be a second
    /// mail, unless the other side knows it again.
    bool may_have_arrived = false;
    bool is_of_mail = false;  // of not_now: the other side serves, but not this mail

    static Handover accepted_as(std::string id)
    {
        return {.kind = Kind::accepted, .reason = {}, .exit_code = 0, .id = std::move(id)};
    }
    static Handover put_off(std::string reason, int exit_code = mail::kExitTemporary)
    {
        return {.reason = std::move(reason), .exit_code = exit_code};
    }
    static Handover refused_with(std::string reason, int exit_code)
    {
        return {.kind = Kind::refused, .reason = std::move(reason), .exit_code = exit_code};
    }
};

}  // namespace postoffice::submit
