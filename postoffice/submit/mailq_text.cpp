#include "postoffice/submit/mailq_text.h"

#include <algorithm>
#include <ctime>

namespace postoffice::submit
{
namespace
{

constexpr std::int64_t kLatest = 253'402'300'799;  // the end of the year 9999

/// What would move a terminal's cursor does not.
std::string shown(std::string text)
{
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    return text;
}

}  // namespace

std::string mailq_text(const mail::Envelope& envelope, std::int64_t came, std::uint64_t bytes)
{
    const auto seconds = static_cast<std::time_t>(std::clamp<std::int64_t>(came, 0, kLatest));
    std::tm local{};
    ::localtime_r(&seconds, &local);
    char time[40];
    std::strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S", &local);
    std::string text = std::string(time) + " " + std::to_string(bytes) + " bytes from <" +
                       shown(envelope.reverse_path) + ">\n";
    for (const std::string& recipient : envelope.recipients)
        text += "  to <" + shown(recipient) + ">\n";
    return text;
}

}  // namespace postoffice::submit
