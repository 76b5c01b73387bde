#include "postman/oauth/json_object.h"

#include <charconv>
#include <cmath>
#include <set>
#include <vector>

namespace postman::oauth
{
namespace
{

using nlohmann::json;

constexpr int kMaxDepth = 16;

mail::Error malformed(const char* what)
{
    return {mail::ErrorKind::malformed, what};
}

}  // namespace

mail::Result<json> parse_object(std::string_view text)
{
    if (text.size() > kMaxJsonBytes) return malformed("it is too long");
    std::vector<std::set<std::string>> open;  // the keys of each object that is open
    bool is_sound = true;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > kMaxDepth) is_sound = false;
        if (!is_sound) return false;
        if (event == json::parse_event_t::object_start) open.emplace_back();
        if (event == json::parse_event_t::object_end) open.pop_back();
        if (event == json::parse_event_t::key &&
            !open.back().insert(parsed.get<std::string>()).second)
            is_sound = false;
        return is_sound;
    };
    json object = json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/false);
    if (!is_sound) return malformed("it holds a name twice, or is too deep");
    if (object.is_discarded()) return malformed("it is no whole JSON");
    if (!object.is_object()) return malformed("it is no JSON object");
    return object;
}

std::string text_of(const json& object, const char* key)
{
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::int64_t> number_of(const json& object, const char* key)
{
    const auto found = object.find(key);
    if (found == object.end()) return std::nullopt;
    if (found->is_number_unsigned() && found->get<std::uint64_t>() > INT64_MAX) return std::nullopt;
    if (found->is_number_integer()) return found->get<std::int64_t>();
    if (found->is_number_float() && std::abs(found->get<double>()) < 1e15)
        return static_cast<std::int64_t>(found->get<double>());
    if (!found->is_string()) return std::nullopt;
    const auto& text = found->get_ref<const std::string&>();
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

}  // namespace postman::oauth
