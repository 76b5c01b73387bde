#include "postman/lease_answer.h"

#include <charconv>
#include <unordered_set>

#include "postman/json_scan.h"

namespace postman
{
namespace
{

constexpr std::int64_t kMaxLeaseSeconds = 86'400;
constexpr std::size_t kMaxLeaseLength = 128;

mail::Error malformed(const char* what)
{
    return {mail::ErrorKind::malformed, what};
}

/// It goes into a path: letters and digits, nothing else.
bool is_sound_lease(std::string_view lease)
{
    if (lease.empty() || lease.size() > kMaxLeaseLength) return false;
    for (const char c : lease)
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
            return false;
    return true;
}

std::optional<std::chrono::seconds> parse_seconds(std::string_view raw)
{
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (raw.empty() || error != std::errc() || stop != raw.data() + raw.size()) return std::nullopt;
    if (value < 1 || value > kMaxLeaseSeconds) return std::nullopt;
    return std::chrono::seconds(value);
}

std::optional<mail::SpoolId> parse_id(std::string_view raw)
{
    const auto text = plain_json_string(raw);
    return text ? mail::SpoolId::parse(*text) : std::nullopt;
}

std::optional<mail::SpoolId> id_of_record(std::string_view raw)
{
    const auto members = json_members(raw);
    return members ? parse_id(json_value(*members, "id")) : std::nullopt;
}

mail::Result<std::vector<mail::SpoolId>> parse_ids(std::string_view raw)
{
    std::vector<mail::SpoolId> ids;
    bool is_sound = true;
    const auto ok = json_elements(raw, [&](std::string_view element) {
        const auto id = parse_id(element);
        if (id) ids.push_back(*id);
        is_sound = is_sound && id;
    });
    if (!ok) return ok.error();
    if (!is_sound) return malformed("an id in the answer is not one");
    return ids;
}

}  // namespace

mail::Result<Batch> parse_lease_answer(std::shared_ptr<const std::string> body)
{
    const auto members = json_members(*body);
    if (!members) return members.error();
    const auto lease = plain_json_string(json_value(*members, "lease"));
    if (!lease || !is_sound_lease(*lease))
        return malformed("the answer's lease is missing or not sound");
    const auto seconds = parse_seconds(json_value(*members, "seconds"));
    if (!seconds) return malformed("the answer's seconds are missing or not in 1 to 86400");

    Batch batch{std::string(*lease), *seconds, {}, 0};
    std::unordered_set<mail::SpoolId, mail::SpoolId::Hash> seen;
    std::size_t records = 0;
    const auto ok = json_elements(json_value(*members, "messages"), [&](std::string_view raw) {
        if (++records > kMaxRecordsInAnswer) return;
        const auto id = id_of_record(raw);
        if (!id) {
            ++batch.without_id;
        } else if (seen.insert(*id).second) {
            batch.mails.push_back(
                {*id, raw.size(), [body, raw] { return mail::decode_handed_record(raw); }});
        }
    });
    if (!ok) return ok.error();
    if (records > kMaxRecordsInAnswer) return malformed("the answer has over 1000 records");
    return batch;
}

mail::Result<mail::Settlement> parse_settlement(std::string_view body)
{
    const auto members = json_members(body);
    if (!members) return members.error();
    auto settled = parse_ids(json_value(*members, "settled"));
    if (!settled) return std::move(settled).error();
    auto unknown = parse_ids(json_value(*members, "unknown"));
    if (!unknown) return std::move(unknown).error();
    return mail::Settlement{std::move(*settled), std::move(*unknown)};
}

mail::Result<std::chrono::seconds> parse_renewal(std::string_view body)
{
    const auto members = json_members(body);
    if (!members) return members.error();
    const auto seconds = parse_seconds(json_value(*members, "seconds"));
    if (!seconds) return malformed("the renewal's seconds are missing or not in 1 to 86400");
    return *seconds;
}

}  // namespace postman
