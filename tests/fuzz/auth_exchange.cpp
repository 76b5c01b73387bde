// AUTH's argument and the lines behind it: ends in at most three lines, a challenge is always one
// of two, and credentials have no NUL that crypt(3) would stop at.
#include "postoffice/auth_exchange.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using postoffice::AuthExchange;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    const auto next_line = [&rest] {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() == rest.size() ? rest.size() : line.size() + 1);
        return line;
    };
    AuthExchange exchange;
    AuthExchange::Step step = exchange.begin(next_line());
    const bool is_plain = exchange.challenge().empty();
    for (int lines = 0; step == AuthExchange::Step::challenge; ++lines) {
        if (lines == 2) std::abort();
        const std::string_view challenge = exchange.challenge();
        if (!challenge.empty() && challenge != "VXNlcm5hbWU6" && challenge != "UGFzc3dvcmQ6")
            std::abort();
        step = exchange.on_line(next_line());
    }
    if (step != AuthExchange::Step::credentials) return 0;
    const mail::Credentials credentials = exchange.take();
    if (credentials.name.size() + credentials.password.size() > size) std::abort();
    if (is_plain && (credentials.name + credentials.password).find('\0') != std::string::npos)
        std::abort();
    return 0;
}
