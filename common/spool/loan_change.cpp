/// A change as a line of the journal:
///   {"boot":"…","leases":[["token",expires],…],"mails":[["id","note",[["address","pending","reason",next_try,"token"],…],{…}],…]}
/// The last object of a mail says, where it applies: "since", ms since 1970, when it came to held/,
/// failed/ or corrupt/; "as_is", true: an operator released it so.
#include <nlohmann/json.hpp>

#include "common/json_text.h"
#include "common/privacy/utf8.h"
#include "common/spool/loan_book.h"
#include "common/spool/recipient_words.h"

namespace mail
{
namespace
{

using Json = nlohmann::json;

/// A count outside of what the clock can tell is no time.
WallTime wall_time_of(std::int64_t milliseconds)
{
    constexpr std::int64_t kLatest = 253'402'300'799'999;  // the end of the year 9999
    if (milliseconds < 0 || milliseconds > kLatest) return {};
    return WallTime(std::chrono::milliseconds(milliseconds));
}

bool holds_strings(const Json& array, std::initializer_list<std::size_t> places)
{
    for (const std::size_t place : places)
        if (!array[place].is_string()) return false;
    return true;
}

std::optional<RecipientState> recipient_of(const Json& json)
{
    if (!json.is_array() || json.size() != 5 || !holds_strings(json, {0, 1, 2, 4}))
        return std::nullopt;
    if (!json[3].is_number_integer()) return std::nullopt;
    const auto status = parse_recipient_word(json[1].get_ref<const std::string&>());
    if (!status) return std::nullopt;
    return RecipientState{json[0].get<std::string>(), *status, json[2].get<std::string>(),
                          BootTime(json[3].get<std::int64_t>()), json[4].get<std::string>()};
}

/// Reasons come from outside; what is not UTF-8 in one must not cost the line.
void append_text(std::string& json, const std::string& text)
{
    append_json_string(json, is_utf8(text) ? text : privacy::repaired_utf8(text));
}

void append_recipient(std::string& json, const RecipientState& recipient)
{
    json += '[';
    append_text(json, recipient.address);
    json.append(",\"").append(word_of(recipient.status)).append("\",");
    append_text(json, recipient.reason);
    json.append(",").append(std::to_string(recipient.next_try.count())).append(",");
    append_text(json, recipient.lease);
    json += ']';
}

void append_marks(std::string& json, const MailState& state)
{
    const auto since =
        std::chrono::floor<std::chrono::milliseconds>(state.kept_since.time_since_epoch());
    const bool is_kept = since.count() != 0;
    std::string marks;
    if (state.as_is) marks += ",\"as_is\":true";
    if (is_kept) marks.append(",\"since\":").append(std::to_string(since.count()));
    if (state.is_unmoved) marks += ",\"unmoved\":true";
    if (marks.empty()) return;
    marks.front() = '{';
    json.append(",").append(marks).append("}");
}

void append_mail(std::string& json, const SpoolId& id, const MailState& state)
{
    json.append("[\"").append(id.hex()).append("\",");
    append_text(json, state.note);
    json += ",[";
    for (std::size_t i = 0; i < state.recipients.size(); ++i) {
        if (i != 0) json += ',';
        append_recipient(json, state.recipients[i]);
    }
    json += ']';
    append_marks(json, state);
    json += ']';
}

/// `"name":[…]`, and the comma before it where something stands there already; nothing where the
/// list is empty.
template <class T, class Append>
void append_array(std::string& json, std::string_view name, const std::vector<T>& list,
                  Append append)
{
    if (list.empty()) return;
    json.append(json.size() > 1 ? ",\"" : "\"").append(name).append("\":[");
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (i != 0) json += ',';
        append(list[i]);
    }
    json += ']';
}

/// False if it is there and no boolean.
bool take_mark(const Json& marks, const char* name, bool& mark)
{
    const auto found = marks.find(name);
    if (found == marks.end()) return true;
    if (found->is_boolean()) mark = found->get<bool>();
    return found->is_boolean();
}

/// False if a mark of ours is not what it should be; marks that we do not know are passed over.
bool take_marks(const Json& marks, MailState& state)
{
    if (!marks.is_object()) return false;
    if (const auto since = marks.find("since"); since != marks.end()) {
        if (!since->is_number_integer()) return false;
        state.kept_since = wall_time_of(since->get<std::int64_t>());
    }
    return take_mark(marks, "as_is", state.as_is) && take_mark(marks, "unmoved", state.is_unmoved);
}

std::optional<std::pair<SpoolId, MailState>> mail_of(const Json& json)
{
    if (!json.is_array() || json.size() < 3 || json.size() > 4 || !holds_strings(json, {0, 1}) ||
        !json[2].is_array())
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
    if (json.size() == 4 && !take_marks(json[3], state)) return std::nullopt;
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
    std::string json = "{";
    if (!change.boot_id.empty()) {
        json += "\"boot\":";
        append_text(json, change.boot_id);
    }
    append_array(json, "leases", change.leases, [&json](const Change::LeaseEnd& lease) {
        json += '[';
        append_text(json, lease.token);
        json.append(",").append(std::to_string(lease.expires.count())).append("]");
    });
    append_array(json, "mails", change.mails, [&json](const std::pair<SpoolId, MailState>& mail) {
        append_mail(json, mail.first, mail.second);
    });
    json += '}';
    return json;
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
