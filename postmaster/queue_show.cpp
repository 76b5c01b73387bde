/// `queue show`: one mail in words, or its content.
#include <charconv>
#include <nlohmann/json.hpp>

#include "common/base64.h"
#include "postmaster/queue_commands.h"
#include "postmaster/queue_json.h"

namespace postmaster
{
namespace
{

using mail::Error;
using mail::ErrorKind;
using mail::QueuedMail;
using mail::Result;

constexpr std::size_t kPieceOctets = 3 << 20;  // of content in one answer
constexpr int kExitHeld = 1;

/// The cursor of a content is how many octets of it were given.
std::optional<std::size_t> parse_offset(std::string_view text)
{
    std::size_t offset = 0;
    if (text.empty()) return offset;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, offset);
    return error == std::errc() && stop == end ? std::optional(offset) : std::nullopt;
}

void add_times(Json& json, const QueuedMail& mail)
{
    if (mail.next_try) json["next_try"] = mail::rfc3339(*mail.next_try);
    if (mail.leased_until) json["leased_until"] = mail::rfc3339(*mail.leased_until);
}

}  // namespace

CommandAnswer QueueCommands::show(const CommandCall& call)
{
    if (!call.form.empty()) return show_content(call);
    return for_each_id(call, [this](const QueuedMail& mail) -> Result<Json> {
        Json json = head_json(mail);
        add_times(json, mail);
        auto record = hand_out_.read_queued(mail);
        if (!record && record.error().kind != ErrorKind::corrupt) return record.error();
        if (!record) {
            json["error"] = record.error().describe();
            return json;
        }
        json["from"] = record->envelope.reverse_path;
        json["to"] = recipients_json(mail, *record);
        json["subject"] = record->subject;
        json["came"] = record->timestamp + "Z";
        json["size"] = record->content.size();
        const auto inspection = inspect(std::move(record->content), record->envelope, rules_);
        json["now"] = verdict_json(inspection, record->envelope, rules_.search.get());
        return json;
    });
}

/// {"id","octets":of all,"base64":"…"}: piece by piece, so that no answer is as large as a mail.
CommandAnswer QueueCommands::show_content(const CommandCall& call)
{
    CommandAnswer answer;
    const auto offset = parse_offset(call.cursor);
    if (call.ids.size() != 1 || !offset || (call.form != "raw" && call.form != "scrubbed")) {
        complain(answer, {ErrorKind::malformed, "--raw and --scrubbed go with one id"});
        return answer;
    }
    std::string cursor;
    CommandAnswer shown = for_each_id(call, [&](const QueuedMail& mail) -> Result<Json> {
        const auto content = content_of(mail, call, answer);
        if (!content) return content.error();
        const std::string_view rest =
            std::string_view(*content).substr(std::min(*offset, content->size()));
        const std::string_view piece = rest.substr(0, kPieceOctets);
        if (piece.size() < rest.size()) cursor = std::to_string(*offset + piece.size());
        return Json{{"id", mail.place.id.hex()},
                    {"octets", content->size()},
                    {"base64", mail::base64_encode(piece)}};
    });
    shown.cursor = cursor;
    shown.exit_code = std::max(shown.exit_code, answer.exit_code);
    shown.complaints.insert(shown.complaints.end(), answer.complaints.begin(),
                            answer.complaints.end());
    return shown;
}

/// As stored, or as it would leave now. What the gate would hold is shown all the same, and said.
Result<std::string> QueueCommands::content_of(const QueuedMail& mail, const CommandCall& call,
                                              CommandAnswer& answer)
{
    auto record = hand_out_.read_queued(mail);
    if (!record) return record.error();
    if (call.form == "raw") return std::move(record->content);
    auto inspection = inspect(std::move(record->content), record->envelope, rules_);
    if (inspection.verdict == mail::privacy::Inspection::Verdict::held && call.cursor.empty()) {
        answer.exit_code = kExitHeld;
        answer.complaints.push_back("it would be held: " + inspection.reason);
    }
    return std::move(inspection.content);
}

}  // namespace postmaster
