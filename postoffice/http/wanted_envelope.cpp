#include "postoffice/http/wanted_envelope.h"

#include <unordered_set>

#include "common/spool/record.h"
#include "postoffice/http/percent_text.h"
#include "postoffice/http/sender_rules.h"
#include "postoffice/path.h"

namespace postoffice::http
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr const char* kTooMany = "A mail has at most 1,000 recipients.";

Error malformed(std::string words)
{
    return {ErrorKind::malformed, std::move(words), 0};
}

void skip_spaces(std::string_view& text)
{
    while (text.starts_with(' ')) text.remove_prefix(1);
}

/// Takes `<a@b>` off the text.
std::optional<std::string> take_path(std::string_view& text)
{
    const auto parsed = postoffice::parse_path(text);
    const auto* path = std::get_if<Path>(&parsed);
    if (path == nullptr || !mail::is_utf8(path->mailbox)) return std::nullopt;
    text = path->rest;
    return path->mailbox;
}

Result<std::vector<std::string>> path_list(std::string_view text)
{
    std::vector<std::string> list;
    std::unordered_set<std::string> known;
    for (std::size_t count = 1;; ++count) {
        if (count > kMaxRecipients) return malformed(kTooMany);
        auto path = take_path(text);
        if (!path || path->empty())
            return malformed("Rcpt-To is a list of <address>, with commas between.");
        if (known.insert(*path).second) list.push_back(std::move(*path));
        skip_spaces(text);
        if (text.empty()) return list;
        if (!text.starts_with(','))
            return malformed("Rcpt-To is a list of <address>, with commas between.");
        text.remove_prefix(1);
        skip_spaces(text);
    }
}

}  // namespace

Result<WantedEnvelope> envelope_of_fields(std::string_view mail_from, std::string_view rcpt_to)
{
    WantedEnvelope wanted;
    if (!mail_from.empty()) {
        wanted.sender = take_path(mail_from);
        if (!wanted.sender || !mail_from.empty())
            return malformed("Mail-From is one <address>, or <>.");
    }
    if (!rcpt_to.empty()) {
        auto list = path_list(rcpt_to);
        if (!list) return std::move(list).error();
        wanted.recipients = std::move(*list);
    }
    return wanted;
}

Result<WantedEnvelope> envelope_of_query(std::string_view query)
{
    WantedEnvelope wanted;
    const auto pairs = split_pairs(query, kMaxRecipients + 1);
    if (!pairs) return malformed(kTooMany);
    std::unordered_set<std::string> known;
    for (const auto& [name, encoded] : *pairs) {
        if (name != "from" && name != "to") return malformed("The query takes from and to.");
        auto value = percent_decoded(encoded, Plus::is_refused);
        if (!value)
            return malformed("The query is malformed: write %2B for a plus, %20 for a space.");
        const bool is_null = name == "from" && (value->empty() || *value == "<>");
        if (!is_null && !is_address(*value))
            return malformed("The query's " + std::string(name) + " is no address.");
        if (name == "from" && wanted.sender) return malformed("from is there twice.");
        if (name == "from")
            wanted.sender = is_null ? std::string() : std::move(*value);
        else if (known.insert(*value).second)
            wanted.recipients.push_back(std::move(*value));
    }
    if (wanted.recipients.size() > kMaxRecipients) return malformed(kTooMany);
    return wanted;
}

}  // namespace postoffice::http
