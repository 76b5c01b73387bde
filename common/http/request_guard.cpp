#include "common/http/request_guard.h"

#include <algorithm>
#include <charconv>

namespace mail::http
{
namespace
{

constexpr std::string_view kMethods[] = {"GET",    "HEAD",  "POST",   "PUT",
                                         "DELETE", "PATCH", "OPTIONS"};

// Fields that older versions of the library would take for its own words about the peer.
constexpr std::string_view kForged[] = {"REMOTE_ADDR", "REMOTE_PORT", "LOCAL_ADDR", "LOCAL_PORT"};

bool is_alphanumeric(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_token(std::string_view text)  // RFC 9110 5.6.2
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return is_alphanumeric(c) ||
               (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
    });
}

bool is_origin_form(std::string_view target)  // RFC 9112 3.2.1, RFC 3986 3.3 and 3.4
{
    return target.starts_with('/') && std::all_of(target.begin(), target.end(), [](char c) {
               return is_alphanumeric(c) ||
                      (c != '\0' &&
                       std::string_view("-._~%!$&'()*+,;=:@/?").find(c) != std::string_view::npos);
           });
}

bool takes_body(std::string_view method)
{
    return method == "POST" || method == "PUT" || method == "PATCH";
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view Head::path() const
{
    return std::string_view(target).substr(0, target.find('?'));
}

std::string_view Head::query() const
{
    const auto mark = target.find('?');
    return mark == std::string::npos ? std::string_view()
                                     : std::string_view(target).substr(mark + 1);
}

RequestGuard::State RequestGuard::feed(std::string_view bytes, std::size_t& consumed)
{
    consumed = 0;
    while (state_ == State::reading && consumed < bytes.size()) take(bytes[consumed++]);
    return state_;
}

void RequestGuard::take(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    if (++head_bytes_ > limits_.head_bytes) return refuse(431, "The request's head is too large.");
    if (saw_cr_ && c != '\n') return refuse(400, "A CR stands alone in the head.");
    if (c == '\r') {
        saw_cr_ = true;
        return;
    }
    if (c == '\n') {
        if (!saw_cr_) return refuse(400, "A line of the head ends in a bare LF.");
        saw_cr_ = false;
        return end_line();
    }
    if ((byte < 0x20 && c != '\t') || byte == 0x7f)
        return refuse(400, "A control byte is in the head.");
    if (line_.size() >= limits_.line_bytes)
        return head_.method.empty() ? refuse(414, "The request line is too long.")
                                    : refuse(431, "A header line is too long.");
    line_ += c;
}

void RequestGuard::end_line()
{
    if (head_.method.empty())
        request_line();
    else if (line_.empty())
        end_head();
    else
        header_line();
    line_.clear();
}

// RFC 9112 3: method SP request-target SP HTTP-version, single spaces.
void RequestGuard::request_line()
{
    const std::string_view line = line_;
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return refuse(400, "The request line is malformed.");
    const std::string_view method = line.substr(0, first);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    const std::string_view version = line.substr(last + 1);

    if (!is_token(method)) return refuse(400, "The method is malformed.");
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        if (version.starts_with("HTTP/")) return refuse(505, "Speak HTTP/1.1 or HTTP/1.0.");
        return refuse(400, "The request line is malformed.");
    }
    if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods))
        return refuse(501, "This method is not known here.");
    if (target.size() > limits_.target_bytes) return refuse(414, "The request target is too long.");
    if (!is_origin_form(target)) return refuse(400, "The request target is malformed.");
    head_.method = method;
    head_.target = target;
}

void RequestGuard::header_line()
{
    const std::string_view line = line_;
    if (++header_lines_ > kMaxHeaderLines) return refuse(431, "Over 100 header lines.");
    if (line.front() == ' ' || line.front() == '\t') return refuse(400, "A header line is folded.");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return refuse(400, "A header line has no colon.");
    const std::string_view name = line.substr(0, colon);
    if (!is_token(name)) return refuse(400, "A header field's name is malformed.");
    note_field(name, trimmed(line.substr(colon + 1)));
}

void RequestGuard::note_field(std::string_view name, std::string_view value)
{
    for (const std::string_view forged : kForged)
        if (same_field_name(name, forged))
            return refuse(400, "A header field of this name is not taken.");
    if (same_field_name(name, "Content-Length")) return note_length(value);
    if (same_field_name(name, "Transfer-Encoding")) transfer_encoding_ = true;
    if (same_field_name(name, "Expect"))
        return refuse(417, "Send the body at once, without Expect.");
    if (same_field_name(name, "Content-Encoding"))
        return refuse(415, "Send the body as it is, not encoded.");
    if (same_field_name(name, "Host") && (++hosts_ > 1 || value.empty()))
        return refuse(400, "Exactly one Host is wanted.");
    if (same_field_name(name, "Authorization") && ++authorizations_ > 1)
        return refuse(400, "More than one Authorization.");
    head_.fields.emplace_back(name, value);
}

// RFC 9112 6.3: one value, digits only. No list, no sign, no second line even if it says the same.
void RequestGuard::note_length(std::string_view value)
{
    if (++lengths_ > 1) return refuse(400, "More than one Content-Length.");
    const bool digits =
        std::all_of(value.begin(), value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (value.empty() || !digits) return refuse(400, "The Content-Length is malformed.");
    const auto parsed =
        std::from_chars(value.data(), value.data() + value.size(), head_.body_bytes);
    if (parsed.ec != std::errc() || head_.body_bytes > max_body_bytes_)
        return refuse(413, "The body is too large: send it in smaller parts.");
}

void RequestGuard::end_head()
{
    if (transfer_encoding_ && lengths_ > 0)
        return refuse(400, "Content-Length and Transfer-Encoding together.");
    if (transfer_encoding_) return refuse(411, "Send a Content-Length, not a Transfer-Encoding.");
    if (hosts_ == 0) return refuse(400, "Exactly one Host is wanted.");
    if (head_.body_bytes > 0 && !takes_body(head_.method))
        return refuse(400, "This method takes no body.");
    state_ = State::complete;
}

void RequestGuard::refuse(int status, std::string_view detail)
{
    state_ = State::refused;
    refusal_ = {status, detail};
}

}  // namespace mail::http
