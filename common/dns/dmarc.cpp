#include "common/dns/dmarc.h"

#include "common/privacy/ascii.h"

namespace mail::dns
{
namespace
{

using privacy::equals_ignoring_case;
using privacy::trimmed;

constexpr std::size_t kMostAddresses = 100;
constexpr std::string_view kScheme = "mailto:";

/// Cuts the text up to `separator` off its front.
std::string_view take_until(std::string_view& text, char separator)
{
    const auto end = text.find(separator);
    const auto piece = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    return trimmed(piece);
}

}  // namespace

std::vector<std::string> dmarc_report_addresses(std::string_view text)
{
    std::vector<std::string> addresses;
    auto version = take_until(text, ';');
    if (take_until(version, '=') != "v" || !equals_ignoring_case(trimmed(version), "DMARC1"))
        return addresses;
    while (!text.empty()) {
        auto value = take_until(text, ';');
        const auto name = take_until(value, '=');
        if (!equals_ignoring_case(name, "rua") && !equals_ignoring_case(name, "ruf")) continue;
        while (!value.empty() && addresses.size() < kMostAddresses) {
            auto uri = take_until(value, ',');
            if (!equals_ignoring_case(uri.substr(0, kScheme.size()), kScheme)) continue;
            uri.remove_prefix(kScheme.size());
            addresses.emplace_back(uri.substr(0, uri.find_first_of("!?")));
        }
    }
    return addresses;
}

}  // namespace mail::dns
