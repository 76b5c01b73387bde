#include "postman/reports/failure_log.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace postman
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;
using Json = nlohmann::json;

constexpr std::uint64_t kMaxLogBytes = std::uint64_t{16} << 20;

std::string text_in(const Json& object, const char* name)
{
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

std::string encode_failure(const FailureEntry& entry)
{
    const Json object = {{"time", entry.seconds},    {"id", entry.id},
                         {"outcome", entry.outcome}, {"to", entry.recipient},
                         {"reason", entry.reason},   {"message_id", entry.message_id}};
    return object.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::vector<FailureEntry> parse_failures(std::string_view text)
{
    std::vector<FailureEntry> entries;
    std::set<std::pair<std::string, std::string>> seen;
    for (std::size_t end; (end = text.find('\n')) != std::string_view::npos;
         text.remove_prefix(end + 1)) {
        const Json object = Json::parse(text.substr(0, end), nullptr, false);
        if (!object.is_object()) continue;
        FailureEntry entry{0,
                           text_in(object, "id"),
                           text_in(object, "outcome"),
                           text_in(object, "to"),
                           text_in(object, "reason"),
                           text_in(object, "message_id")};
        const auto time = object.find("time");
        if (time != object.end() && time->is_number_integer())
            entry.seconds = time->get<std::int64_t>();
        if (seen.emplace(entry.id, entry.recipient).second) entries.push_back(std::move(entry));
    }
    return entries;
}

FailureLog::FailureLog(std::string directory, mail::Files& files, const mail::Clock& clock)
    : directory_(std::move(directory)), files_(files), clock_(clock)
{
}

Result<std::string> FailureLog::read(const std::string& name)
{
    auto text = files_.read_all(path(name), 2 * kMaxLogBytes);
    if (!text && text.error().kind == ErrorKind::missing) return std::string();
    return text;
}

Result<Done> FailureLog::add(const std::vector<FailureEntry>& entries)
{
    const std::scoped_lock lock(mutex_);
    const auto before = files_.status(path("failures"));
    const std::uint64_t size = before ? before->size : 0;
    if (size > kMaxLogBytes) return Error{ErrorKind::refused, "the failures fill 16 MiB"};
    std::string lines = size == 0 ? "" : "\n";  // what lies before may be torn
    for (const FailureEntry& entry : entries) lines += encode_failure(entry);
    if (is_given_up_) return write_anew(lines);
    auto added = append(size, lines);
    is_given_up_ = !added;
    return added;
}

Result<Done> FailureLog::append(std::uint64_t size, const std::string& lines)
{
    auto file = files_.open_for_update(path("failures"));
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_at(size, lines); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    return size == 0 ? files_.sync_dir(directory_) : Result<Done>(Done{});
}

/// A second sync of a file whose sync has failed would succeed and prove nothing.
Result<Done> FailureLog::write_anew(const std::string& lines)
{
    const auto text = read("failures");
    if (!text) return text.error();
    auto written = replace("failures", *text + lines);
    is_given_up_ = !written;
    return written;
}

Result<Done> FailureLog::replace(const std::string& name, const std::string& text)
{
    const std::string aside = path(name) + ".new";
    static_cast<void>(files_.unlink(aside));
    auto file = files_.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    if (auto ok = files_.rename_over(aside, path(name)); !ok) return ok;
    return files_.sync_dir(directory_);
}

bool FailureLog::is_time(std::chrono::seconds every)
{
    const auto text = read("last-summary");
    std::int64_t last = 0;
    if (text) std::from_chars(text->data(), text->data() + text->size(), last);
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch());
    return now.count() >= last + every.count() || now.count() < last;  // the clock went back
}

Result<std::optional<FailureLog::Due>> FailureLog::due(std::chrono::seconds every)
{
    const std::scoped_lock lock(mutex_);
    if (!files_.status(path("failures.sending"))) {
        if (!files_.status(path("failures")) || !is_time(every)) return std::optional<Due>();
        if (auto ok = files_.rename_new(path("failures"), path("failures.sending")); !ok)
            return std::move(ok).error();
        if (auto ok = files_.sync_dir(directory_); !ok) return std::move(ok).error();
    }
    auto text = read("failures.sending");
    if (!text) return std::move(text).error();
    auto entries = parse_failures(*text);
    return std::optional(Due{std::move(entries), std::move(*text)});
}

Result<Done> FailureLog::sent()
{
    const std::scoped_lock lock(mutex_);
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch());
    if (auto ok = replace("last-summary", std::to_string(now.count()) + "\n"); !ok) return ok;
    if (auto ok = files_.unlink(path("failures.sending")); !ok) return ok;
    return files_.sync_dir(directory_);
}

}  // namespace postman
