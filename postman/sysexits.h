/// What a sendmail's exit means (sysexits.h): the one place that knows. Pure.
#pragma once

#include <string>

namespace postman
{

enum class ExitMeaning {
    delivered,  // 0
    failed,     // 64 usage (of a call that is sound), 65 data, 67 no user, 68 no host
    deferred,   // everything else, a signal, a timeout
    broken,  // 72 system file missing, 77 not permitted, 78 configuration: no mail can go this way
};

[[nodiscard]] ExitMeaning meaning_of_exit(int code);
/// "exit 75 (temporary failure)"
[[nodiscard]] std::string describe_exit(int code);

}  // namespace postman
