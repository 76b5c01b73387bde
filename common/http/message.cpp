#include "common/http/message.h"

#include <algorithm>

namespace mail::http
{
namespace
{

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

struct Phrase {
    int status;
    std::string_view text;
};

// clang-format off
constexpr Phrase kPhrases[] = {
    {200, "OK"},                            {202, "Accepted"},
    {204, "No Content"},                    {400, "Bad Request"},
    {401, "Unauthorized"},                  {403, "Forbidden"},
    {404, "Not Found"},                     {405, "Method Not Allowed"},
    {408, "Request Timeout"},               {409, "Conflict"},
    {411, "Length Required"},               {413, "Content Too Large"},
    {414, "URI Too Long"},                  {415, "Unsupported Media Type"},
    {417, "Expectation Failed"},            {422, "Unprocessable Content"},
    {429, "Too Many Requests"},             {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},         {501, "Not Implemented"},
    {503, "Service Unavailable"},           {505, "HTTP Version Not Supported"},
};
// clang-format on

}  // namespace

bool same_field_name(std::string_view a, std::string_view b) noexcept
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view find_field(const std::vector<Field>& fields, std::string_view name)
{
    for (const auto& [field_name, value] : fields)
        if (same_field_name(field_name, name)) return value;
    return {};
}

std::string_view reason_phrase(int status) noexcept
{
    for (const Phrase& phrase : kPhrases)
        if (phrase.status == status) return phrase.text;
    return "Error";
}

Answer problem(int status, std::string_view detail)
{
    std::string body = R"({"type":"about:blank","title":)";
    append_json_string(body, reason_phrase(status));
    body += ",\"status\":" + std::to_string(status) + ",\"detail\":";
    append_json_string(body, detail);
    body += "}\n";
    return Answer{status, {}, "application/problem+json", std::move(body), nullptr};
}

void append_json_string(std::string& json, std::string_view text)
{
    static constexpr char kHex[] = "0123456789abcdef";
    json += '"';
    std::size_t plain = 0;  // start of the run that needs no escape
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
        json.append(text, plain, i - plain);
        plain = i + 1;
        switch (byte) {
            case '"':
                json += "\\\"";
                break;
            case '\\':
                json += "\\\\";
                break;
            case '\n':
                json += "\\n";
                break;
            case '\r':
                json += "\\r";
                break;
            case '\t':
                json += "\\t";
                break;
            default:
                json.append("\\u00") += {kHex[byte >> 4], kHex[byte & 15]};
        }
    }
    json.append(text, plain, text.size() - plain);
    json += '"';
}

}  // namespace mail::http
