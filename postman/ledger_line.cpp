#include "postman/ledger_line.h"

#include <array>
#include <charconv>

#include "common/checked_line.h"
#include "common/spool/record.h"

namespace postman
{
namespace
{

constexpr std::array<std::string_view, 6> kEventNames = {"started",   "ended",     "done",
                                                         "withdrawn", "forgotten", "confirmed"};
constexpr std::size_t kFieldCount = 7;  // after the checksum
constexpr std::uint64_t kNoSalt = 0;    // the file is never written over

std::string hex(std::uint64_t value, std::size_t digits)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string text(digits, '0');
    for (std::size_t i = digits; i-- > 0; value >>= 4) text[i] = kDigits[value & 15];
    return text;
}

template <class Number>
bool parse_number(std::string_view text, Number& number, int base = 10)
{
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number, base);
    return error == std::errc() && stop == end;
}

std::optional<LedgerEvent> parse_event(std::string_view name)
{
    for (std::size_t i = 0; i < kEventNames.size(); ++i)
        if (kEventNames[i] == name) return static_cast<LedgerEvent>(i);
    return std::nullopt;
}

/// Exactly kFieldCount fields with one space between each, or nothing.
std::optional<std::array<std::string_view, kFieldCount>> split(std::string_view text)
{
    std::array<std::string_view, kFieldCount> fields;
    for (std::size_t i = 0; i + 1 < kFieldCount; ++i) {
        const std::size_t space = text.find(' ');
        if (space == std::string_view::npos) return std::nullopt;
        fields[i] = text.substr(0, space);
        text.remove_prefix(space + 1);
    }
    fields.back() = text;
    return fields;
}

}  // namespace

LedgerKey LedgerKey::of(const mail::SpoolId& id, std::string_view recipient)
{
    LedgerKey key{id, 0};
    parse_number(std::string_view(mail::sha256_hex(recipient)).substr(0, 16), key.recipient, 16);
    return key;
}

std::string encode_ledger_line(const LedgerLine& line)
{
    const Standing& s = line.standing;
    std::string text(kEventNames[static_cast<std::size_t>(line.event)]);
    text.append(" ").append(line.key.id.hex()).append(" ").append(hex(line.key.recipient, 16));
    text.append(" ").append(std::to_string(s.first_attempt));
    text.append(" ").append(std::to_string(s.last_change));
    text.append(" ").append(std::to_string(s.attempts));
    text.append(" ").append(std::to_string(s.unended));
    return mail::checked_line(kNoSalt, text);
}

std::optional<LedgerLine> take_ledger_line(std::string_view& text)
{
    const auto payload = mail::take_checked_line(kNoSalt, text);
    if (!payload) {
        const std::size_t end = text.find('\n');
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        return std::nullopt;
    }
    const auto fields = split(*payload);
    if (!fields) return std::nullopt;
    const auto& [event_name, id_hex, recipient, first, last, attempts, unended] = *fields;

    LedgerLine line;
    const auto event = parse_event(event_name);
    const auto id = mail::SpoolId::parse(id_hex);
    if (!event || !id || recipient.size() != 16) return std::nullopt;
    line.event = *event;
    line.key.id = *id;
    line.standing.is_confirmed = *event == LedgerEvent::confirmed;
    line.standing.is_done = *event == LedgerEvent::done || line.standing.is_confirmed;
    const bool sound = parse_number(recipient, line.key.recipient, 16) &&
                       parse_number(first, line.standing.first_attempt) &&
                       parse_number(last, line.standing.last_change) &&
                       parse_number(attempts, line.standing.attempts) &&
                       parse_number(unended, line.standing.unended);
    if (!sound) return std::nullopt;
    return line;
}

Standing after(Standing before, LedgerEvent event, std::int64_t now_seconds)
{
    Standing now = before;
    now.last_change = now_seconds;
    switch (event) {
        case LedgerEvent::started:
            if (now.attempts == 0) now.first_attempt = now_seconds;
            ++now.attempts;
            ++now.unended;
            break;
        case LedgerEvent::ended:
            now.unended = 0;
            break;
        case LedgerEvent::done:
            now.unended = 0;
            now.is_done = true;
            break;
        case LedgerEvent::withdrawn:
            if (now.attempts > 0) --now.attempts;
            if (now.unended > 0) --now.unended;  // those before it have no end all the same
            break;
        case LedgerEvent::confirmed:
            now.is_confirmed = now.is_done;
            break;
        case LedgerEvent::forgotten:
            now = Standing{.last_change = now_seconds};
            break;
    }
    return now;
}

}  // namespace postman
