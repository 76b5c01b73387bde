/// A change as a line of the journal:
///   {"boot":"…","leases":[["token",expires],…],"mails":[["id","note",[["address","pending","reason",next_try,"token"],…]],…]}
#include <nlohmann/json.hpp>

#include "common/spool/loan_book.h"

namespace mail
{
namespace
{

using Json = nlohmann::json;

constexpr const char* kStatusNames[] = {"pending", "delivered", "failed", "held"};

std::optional<RecipientStatus> parse_status(const std::string& name)
{
    for (int i = 0; i < 4; ++i)
        if (name == kStatusNames[i]) return static_cast<RecipientStatus>(i);
    return std::nullopt;
}

bool holds_strings(const Json& array, std::initializer_list<std::size_t> places)
{
    for (const std::size_t place : places)
        if (!array[place].is_string()) return false;
    return true;
}

Json json_of(const MailState& state)
{
    Json recipients = Json::array();
    for (const RecipientState& recipient : state.recipients)
        recipients.push_back({recipient.address, kStatusNames[static_cast<int>(recipient.status)],
                              recipient.reason, recipient.next_try.count(), recipient.lease});
    return recipients;
}

std::optional<RecipientState> recipient_of(const Json& json)
{
    if (!json.is_array() || json.size() != 5 || !holds_strings(json, {0, 1, 2, 4}))
        return std::nullopt;
    if (!json[3].is_number_integer()) return std::nullopt;
    const auto status = parse_status(json[1].get_ref<const std::string&>());
    if (!status) return std::nullopt;
    return RecipientState{json[0].get<std::string>(), *status, json[2].get<std::string>(),
                          BootTime(json[3].get<std::int64_t>()), json[4].get<std::string>()};
}

std::optional<std::pair<SpoolId, MailState>> mail_of(const Json& json)
{
    if (!json.is_array() || json.size() != 3 || !holds_strings(json, {0, 1}) || !json[2].is_array())
        return std::nullopt;
    const auto id = SpoolId::parse(json[0].get_ref<const std::string&>());
    if (!id) return std::nullopt;
    MailState state;
    state.note = json[1].get<std::string>();
    for (const Json& entry : json[2]) {
        auto recipient = recipient_of(entry);
        if (!recipient) return std::nullopt;
        state.recipients.push_back(std::move(*recipient));
    }
    return std::pair(*id, std::move(state));
}

std::optional<Change::LeaseEnd> lease_of(const Json& json)
{
    if (!json.is_array() || json.size() != 2 || !json[0].is_string() ||
        !json[1].is_number_integer())
        return std::nullopt;
    return Change::LeaseEnd{json[0].get<std::string>(), BootTime(json[1].get<std::int64_t>())};
}

/// Fills `out` from the array `name`, which may be missing; false if it is not what it should be.
template <class T, class Read>
bool read_array(const Json& json, const char* name, std::vector<T>& out, Read read)
{
    const auto found = json.find(name);
    if (found == json.end()) return true;
    if (!found->is_array()) return false;
    for (const Json& entry : *found) {
        auto value = read(entry);
        if (!value) return false;
        out.push_back(std::move(*value));
    }
    return true;
}

}  // namespace

std::string encode_change(const Change& change)
{
    Json json = Json::object();
    if (!change.boot_id.empty()) json["boot"] = change.boot_id;
    for (const Change::LeaseEnd& lease : change.leases)
        json["leases"].push_back({lease.token, lease.expires.count()});
    for (const auto& [id, state] : change.mails)
        json["mails"].push_back({id.hex(), state.note, json_of(state)});
    // Reasons come from outside; what is not UTF-8 in one must not cost the line.
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Change> decode_change(std::string_view text)
{
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return std::nullopt;
    Change change;
    if (const auto boot = json.find("boot"); boot != json.end()) {
        if (!boot->is_string()) return std::nullopt;
        change.boot_id = boot->get<std::string>();
    }
    if (!read_array(json, "leases", change.leases, lease_of)) return std::nullopt;
    if (!read_array(json, "mails", change.mails, mail_of)) return std::nullopt;
    return change;
}

}  // namespace mail
