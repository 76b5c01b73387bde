/// The log: one line per event on stderr (or syslog), key=value or JSON, the mail's id in each.
///
///     log::info("queued", {{"id", id.hex()}, {"size", size}, {"from", sender}});
///     -> 2026-11-20T08:27:27Z info queued id=018f… size=4096 from=web@app.example
///
/// Values are quoted where they need it, and control characters are escaped, so that what a client
/// sent can never forge a line. Under systemd ($JOURNAL_STREAM) the time is left to the journal.
/// docs/logs.md has each event.
/// Thread-safe; a line is written with one call.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

namespace mail::log
{

enum class Level { debug, info, warning, error };
enum class Format { text, json };

struct Options {
    std::string program = "mail";  // the syslog ident
    Level least = Level::info;     // below it nothing is written
    Format format = Format::text;
    bool syslog = false;     // to syslog, facility mail, instead of stderr
    bool timestamps = true;  // false under systemd
    std::string mask_key;    // addresses are masked with it (log_mask.h); empty: they are shown
};

/// Once, early in main, before other threads run.
void configure(const Options& options);

struct Field {
    std::string_view key;
    std::string value;
    bool is_literal = false;  // a number or a truth value, in JSON without quotes

    Field(std::string_view k, std::string_view v) : key(k), value(v) {}
    Field(std::string_view k, const char* v) : key(k), value(v) {}
    Field(std::string_view k, const std::string& v) : key(k), value(v) {}
    Field(std::string_view k, bool v) : key(k), value(v ? "true" : "false"), is_literal(true) {}
    template <std::integral T>
    requires(!std::same_as<T, bool>) Field(std::string_view k, T v)
        : key(k), value(std::to_string(v)), is_literal(true)
    {
    }
};

using Fields = std::initializer_list<Field>;

void write(Level level, std::string_view event, Fields fields);
inline void debug(std::string_view event, Fields fields = {})
{
    write(Level::debug, event, fields);
}
inline void info(std::string_view event, Fields fields = {})
{
    write(Level::info, event, fields);
}
inline void warning(std::string_view event, Fields fields = {})
{
    write(Level::warning, event, fields);
}
inline void error(std::string_view event, Fields fields = {})
{
    write(Level::error, event, fields);
}

/// For what a stranger can cause, never for what happens to a mail: in each minute so many lines of
/// one event and `peer`, and so many of the event; the others are counted (log_limit.h).
void limited(Level level, std::string_view event, Fields fields);
/// Tells how many lines limited() has left out in minutes that are over: `lines suppressed of=…
/// suppressed=N`. For the loops that turn once a second; with `all`, for a program's end.
void tell_suppressed(bool all = false);

/// One line without its end, as write() would put it out; pure, for tests.
std::string render(const Options& options, Level level, std::string_view event, Fields fields,
                   std::string_view time);

}  // namespace mail::log
