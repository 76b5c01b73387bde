#include "postoffice/http/form_body.h"

#include <algorithm>
#include <set>

#include "common/http/message.h"
#include "postoffice/http/percent_text.h"

namespace postoffice::http
{
namespace
{

using mail::http::same_field_name;  // letters of either case

constexpr std::size_t kMaxFields = 64;
constexpr std::string_view kFormType = "application/x-www-form-urlencoded";
constexpr std::string_view kCharsets[] = {"utf-8",  "utf8",       "us-ascii",    "ascii",
                                          "latin1", "iso-8859-1", "iso-8859-15", "windows-1252"};

mail::Error malformed(std::string words)
{
    return {mail::ErrorKind::malformed, std::move(words), 0};
}

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view unquoted(std::string_view text)
{
    const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
    return is_quoted ? text.substr(1, text.size() - 2) : text;
}

bool is_known_charset(std::string_view charset)
{
    return std::any_of(std::begin(kCharsets), std::end(kCharsets),
                       [&](std::string_view known) { return same_field_name(known, charset); });
}

/// RFC 9110 8.3.1
mail::Result<mail::Done> check_type(std::string_view text)
{
    std::string_view type = text.substr(0, text.find(';'));
    text.remove_prefix(std::min(text.size(), type.size() + 1));
    if (!trimmed(type).empty() && !same_field_name(trimmed(type), kFormType))
        return malformed("Send a form: " + std::string(kFormType));
    while (!text.empty()) {
        const std::string_view parameter = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(text.size(), parameter.size() + 1));
        const auto equals = parameter.find('=');
        if (!same_field_name(trimmed(parameter.substr(0, equals)), "charset")) continue;
        const bool is_known = equals != std::string_view::npos &&
                              is_known_charset(unquoted(trimmed(parameter.substr(equals + 1))));
        if (!is_known) return malformed("This charset is not known here: send utf-8");
    }
    return mail::Done{};
}

}  // namespace

mail::Result<MailForm> parse_form(std::string_view body, std::string_view content_type)
{
    if (auto ok = check_type(content_type); !ok) return std::move(ok).error();
    const auto pairs = split_pairs(body, kMaxFields);
    if (!pairs) return malformed("The form has too many fields");
    MailForm form;
    std::set<std::string> names;
    for (const auto& [encoded_name, encoded_value] : *pairs) {
        const auto name = percent_decoded(encoded_name, Plus::is_space);
        auto value = percent_decoded(encoded_value, Plus::is_space);
        if (!name || !value) return malformed("The form is malformed: a % wants two hex digits");
        if (!names.insert(*name).second) return malformed("The form has a field twice");
        if (*name == "msg") form.msg = std::move(*value);
        if (*name == "signature") form.signature = std::move(*value);
        if (*name == "fix_sender") form.fix_sender = std::move(*value);
    }
    return form;
}

}  // namespace postoffice::http
