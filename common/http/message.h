/// What a service sees of HTTP: a request whose framing was vetted, and the answer to it. No
/// sockets.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mail::http
{

using Field =
    std::pair<std::string, std::string>;  // name as it stood, value without white space around it

/// The first field of this name (ASCII case folded), or an empty view.
[[nodiscard]] std::string_view find_field(const std::vector<Field>& fields, std::string_view name);
[[nodiscard]] bool same_field_name(std::string_view a, std::string_view b) noexcept;

struct Request {
    std::string method;
    std::string path;           // as sent: not decoded, without the query
    std::string query;          // after the `?`, not decoded
    std::vector<Field> fields;  // only those that the listener was told to pass on
    std::string body;           // whole, at most the listener's limit
    std::string peer;           // "unix", or the address of a TCP peer

    /// False once the client has closed its side. Asks the socket; never blocks.
    std::function<bool()> client_is_there = [] { return true; };
    /// Asked to stop when the program ends: whoever waits for something answers soon then.
    std::stop_token stopping;
};

struct Answer {
    int status = 200;
    std::vector<Field> fields;
    std::string type = "application/json";
    std::string body;
    /// Let go when the answer was written, or given up: what bounds answers in flight.
    std::shared_ptr<void> held;
};

/// Called from several threads at once.
using Handler = std::function<Answer(Request)>;

/// An error for the client: application/problem+json (RFC 9457). `detail` says what to do, and
/// names no path, version or host.
[[nodiscard]] Answer problem(int status, std::string_view detail);
/// "Not Found" for 404 (RFC 9110 15).
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

/// Appends `text` as a JSON string with its quotes (RFC 8259 7). `text` is UTF-8.
void append_json_string(std::string& json, std::string_view text);

}  // namespace mail::http
