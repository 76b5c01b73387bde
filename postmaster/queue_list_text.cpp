#include "postmaster/queue_list_text.h"

#include <array>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <vector>

#include "common/clock.h"

namespace postmaster
{
namespace
{

constexpr std::size_t kShownRecipients = 3;
constexpr std::size_t kWidestAddress = 60;
constexpr std::size_t kWidestReason = 120;
constexpr std::size_t kStateColumns = 8;
constexpr std::size_t kAgeColumns = 5;
constexpr std::size_t kSizeColumns = 9;
constexpr std::int64_t kLatest = 253'402'300'799;  // the end of the year 9999

std::vector<std::string> addresses_of(const Json& mail)
{
    std::vector<std::string> addresses;
    const auto list = mail.find("recipients");
    if (list == mail.end() || !list->is_array()) return addresses;
    for (const Json& one : *list) addresses.push_back(shown(text_of(one, "address")));
    return addresses;
}

std::string left(std::string text, std::size_t columns)
{
    const std::size_t wide = columns_of(text);
    if (wide < columns) text.append(columns - wide, ' ');
    return text;
}

std::string right(const std::string& text, std::size_t columns)
{
    const std::size_t wide = columns_of(text);
    return wide < columns ? std::string(columns - wide, ' ') + text : text;
}

std::string address_text(const std::string& address)
{
    return address.empty() ? "<>" : cut_to(address, kWidestAddress);
}

Tone tone_of(const std::string& state)
{
    if (state == "held" || state == "deferred") return Tone::warning;
    if (state == "failed" || state == "corrupt") return Tone::bad;
    return Tone::good;
}

std::string recipients_text(const Json& mail)
{
    const auto addresses = addresses_of(mail);
    std::string text;
    for (std::size_t i = 0; i < addresses.size() && i < kShownRecipients; ++i)
        text += (i == 0 ? "" : ", ") + address_text(addresses[i]);
    if (addresses.size() > kShownRecipients)
        text += " +" + std::to_string(addresses.size() - kShownRecipients);
    return text;
}

std::string envelope_text(const Json& mail)
{
    if (mail.contains("error")) return "?";
    return address_text(shown(text_of(mail, "sender"))) + " -> " + recipients_text(mail);
}

/// "in 4m", "now".
std::string until_text(std::int64_t time, std::int64_t now)
{
    return time > now ? "in " + age_text(time - now) : "now";
}

std::string second_line(const Json& mail, std::int64_t now)
{
    std::string text;
    const auto add = [&text](const std::string& more) {
        text += (text.empty() ? "" : "; ") + more;
    };
    if (const auto at = number_of(mail, "next_try"); at != 0)
        add("next try " + until_text(at, now));
    if (const auto at = number_of(mail, "leased_until"); at != 0)
        add("lease ends " + until_text(at, now));
    const std::string error = text_of(mail, "error"), reason = text_of(mail, "reason");
    if (!error.empty()) add(cut_to(shown(error), kWidestReason));
    if (!reason.empty() && reason != error) add(cut_to(shown(reason), kWidestReason));
    return text;
}

}  // namespace

std::int64_t number_of(const Json& json, const char* member)
{
    if (!json.is_object()) return 0;
    const auto found = json.find(member);
    if (found == json.end() || !found->is_number_integer()) return 0;
    if (found->is_number_unsigned() &&
        found->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        return INT64_MAX;
    return found->get<std::int64_t>();
}

std::string age_text(std::int64_t seconds)
{
    constexpr std::int64_t kMinute = 60, kHour = 3600, kDay = 86'400;
    if (seconds < 0) seconds = 0;
    if (seconds < 2 * kMinute) return std::to_string(seconds) + "s";
    if (seconds < 2 * kHour) return std::to_string(seconds / kMinute) + "m";
    if (seconds < 2 * kDay) return std::to_string(seconds / kHour) + "h";
    return std::to_string(seconds / kDay) + "d";
}

std::string size_text(std::uint64_t octets)
{
    constexpr std::uint64_t kStep = 1024;
    if (octets < kStep) return std::to_string(octets) + " B";
    double size = static_cast<double>(octets);
    const char* unit = "KiB";
    for (const char* larger : {"KiB", "MiB", "GiB", "TiB"}) {
        size /= kStep;
        unit = larger;
        if (size < kStep) break;
    }
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.1f %s", size, unit);
    return text.data();
}

std::string listed_text(const Json& mail, std::int64_t now, const Style& style)
{
    const std::string state = shown(text_of(mail, "state"));
    const std::int64_t came = number_of(mail, "arrival_time");
    const auto size = static_cast<std::uint64_t>(number_of(mail, "message_size"));
    std::string text = style.toned(shown(text_of(mail, "queue_id")), Tone::strong) + "  " +
                       style.toned(left(state, kStateColumns), tone_of(state)) + "  " +
                       right(age_text(now - came), kAgeColumns) + "  " +
                       right(size_text(size), kSizeColumns) + "  " + envelope_text(mail) + "\n";
    if (const std::string more = second_line(mail, now); !more.empty())
        text += "    " + more + "\n";
    return text;
}

std::string mailq_text(const Json& mail)
{
    const auto came = static_cast<std::time_t>(
        std::min(std::max<std::int64_t>(number_of(mail, "arrival_time"), 0), kLatest));
    std::tm local{};
    ::localtime_r(&came, &local);
    std::array<char, 40> time{};
    std::strftime(time.data(), time.size(), "%Y-%m-%d %H:%M:%S", &local);
    std::string text = std::string(time.data()) + " " +
                       std::to_string(number_of(mail, "message_size")) + " bytes from <" +
                       shown(text_of(mail, "sender")) + ">\n";
    for (const std::string& address : addresses_of(mail)) text += "  to <" + address + ">\n";
    return text;
}

}  // namespace postmaster
