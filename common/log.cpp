#include "common/log.h"

#include <syslog.h>
#include <unistd.h>

#include <climits>
#include <cstdio>
#include <mutex>
#include <nlohmann/json.hpp>

#include "common/clock.h"
#include "common/log_limit.h"
#include "common/log_mask.h"
#include "common/log_together.h"

namespace mail::log
{
namespace
{

Options& options()
{
    static Options current;
    return current;
}

thread_local Together* gathering = nullptr;

struct Limits {
    std::mutex mutex;
    EventLimit limit;
};

Limits& limits()
{
    static Limits all;
    return all;
}

/// A log that cannot be written must not stop the mail.
void put_out(std::string_view lines)
{
    [[maybe_unused]] const auto ignored = ::write(STDERR_FILENO, lines.data(), lines.size());
}

constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
constexpr int kPriorities[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERR};

bool is_plain(std::string_view value)
{
    if (value.empty()) return false;
    for (const unsigned char c : value)
        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c >= 0x7f) return false;
    return true;
}

void append_quoted(std::string& line, std::string_view value)
{
    static constexpr char kHex[] = "0123456789abcdef";
    line += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (c == '\n') {
            line += "\\n";
        } else if (byte < ' ' || byte == 0x7f) {
            line += "\\x";
            line += kHex[byte >> 4];
            line += kHex[byte & 15];
        } else {
            line += c;
        }
    }
    line += '"';
}

/// The field's own value, or in `space` the masked one.
const std::string& shown(const Options& chosen, const Field& field, std::string& space)
{
    if (chosen.mask_key.empty() || field.is_literal) return field.value;
    space = masked(field.key, field.value, chosen.mask_key);
    return space;
}

std::string render_text(const Options& chosen, Level level, std::string_view event, Fields fields,
                        std::string_view time)
{
    std::string line;
    std::string space;
    if (!time.empty()) line.append(time).append(" ");
    line.append(kNames[static_cast<int>(level)]).append(" ").append(event);
    for (const Field& field : fields) {
        line.append(" ").append(field.key).append("=");
        const std::string& value = shown(chosen, field, space);
        if (is_plain(value))
            line += value;
        else
            append_quoted(line, value);
    }
    return line;
}

std::string render_json(const Options& chosen, Level level, std::string_view event, Fields fields,
                        std::string_view time)
{
    nlohmann::ordered_json object;
    std::string space;
    if (!time.empty()) object["time"] = time;
    object["level"] = kNames[static_cast<int>(level)];
    object["event"] = event;
    for (const Field& field : fields) {
        auto& member = object[std::string(field.key)];
        if (field.is_literal)
            member = nlohmann::ordered_json::parse(field.value);
        else
            member = shown(chosen, field, space);
    }
    return object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

void configure(const Options& chosen)
{
    options() = chosen;
    if (chosen.syslog) ::openlog(options().program.c_str(), LOG_PID, LOG_MAIL);
}

std::string render(const Options& chosen, Level level, std::string_view event, Fields fields,
                   std::string_view time)
{
    return chosen.format == Format::json ? render_json(chosen, level, event, fields, time)
                                         : render_text(chosen, level, event, fields, time);
}

void write(Level level, std::string_view event, Fields fields)
{
    const Options& chosen = options();
    if (level < chosen.least) return;
    if (chosen.syslog) {
        const std::string line = render(chosen, level, event, fields, "");
        ::syslog(kPriorities[static_cast<int>(level)], "%s", line.c_str());
        return;
    }
    const std::string time = chosen.timestamps ? rfc3339(system_clock().wall()) : std::string();
    const std::string line = render(chosen, level, event, fields, time) + "\n";
    if (gathering != nullptr)
        gathering->add(line);
    else
        put_out(line);
}

void limited(Level level, std::string_view event, Fields fields)
{
    if (level < options().least) return;
    std::string_view peer;
    for (const Field& field : fields)
        if (field.key == "peer") peer = field.value;
    tell_suppressed();
    {
        const std::scoped_lock lock(limits().mutex);
        if (!limits().limit.allows(event, peer, system_clock().boot())) return;
    }
    write(level, event, fields);
}

void tell_suppressed(bool all)
{
    std::vector<EventLimit::LeftOut> left_out;
    {
        const std::scoped_lock lock(limits().mutex);
        left_out = limits().limit.take_left_out(system_clock().boot(), all);
    }
    for (const auto& [event, lines] : left_out)
        warning("lines suppressed", {{"of", event}, {"suppressed", lines}});
}

Together::Together()
{
    if (gathering == nullptr) gathering = this;
}

Together::~Together()
{
    if (gathering != this) return;
    gathering = nullptr;
    if (!lines_.empty()) put_out(lines_);
}

/// What a pipe takes in one piece (PIPE_BUF) is the most that is written at once.
void Together::add(std::string_view line)
{
    if (!lines_.empty() && lines_.size() + line.size() > PIPE_BUF) {
        put_out(lines_);
        lines_.clear();
    }
    lines_ += line;
}

}  // namespace mail::log
