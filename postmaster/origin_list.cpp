#include "postmaster/origin_list.h"

#include <nlohmann/json.hpp>

#include "common/privacy/gate_policy.h"

namespace postmaster
{
namespace
{

using mail::privacy::OriginSearch;
using mail::privacy::OriginValue;
using mail::privacy::SearchedForm;

Json value_json(const OriginValue& value, const char* source)
{
    return {{"value", value.value},
            {"kind", kind_word(value.kind)},
            {"source", source},
            {"weak", is_weak(value)}};
}

std::string value_line(const OriginValue& value, const char* source, const Style& style)
{
    std::string line = "  " + style.toned(shown(value.value), Tone::strong) + "  " +
                       kind_word(value.kind) + ", " + source;
    if (is_weak(value)) line += "; many have it: cleaned from trace and X- fields, holds no mail";
    return line + "\n";
}

/// One line a form, its texts one after the other.
std::string forms_text(const std::vector<SearchedForm>& forms)
{
    std::vector<std::vector<std::string>> rows;
    for (const SearchedForm& form : forms) {
        const std::string name = "      " + std::string(form_name(form.form));
        if (!rows.empty() && rows.back()[0] == name)
            rows.back()[1] += ", " + shown(form.text);
        else
            rows.push_back({name, shown(form.text)});
    }
    return table_of(rows);
}

const char* source_of(const OriginValue& value)
{
    return value.learned ? "learned" : "configured";
}

}  // namespace

bool is_weak(const OriginValue& value)
{
    return weight_of(value, mail::privacy::Form::plain) == mail::privacy::Weight::hint;
}

std::vector<Json> origin_json(const OriginSearch& search, const std::vector<OriginValue>& left_out)
{
    std::vector<Json> lines;
    const auto& values = search.values().all();
    for (std::size_t i = 0; i < values.size(); ++i) {
        Json json = value_json(values[i], source_of(values[i]));
        json["forms"] = Json::array();
        for (const SearchedForm& form : search.forms_of(i))
            json["forms"].push_back({{"form", form_name(form.form)}, {"text", form.text}});
        lines.push_back(std::move(json));
    }
    for (const OriginValue& value : left_out) lines.push_back(value_json(value, "left out"));
    return lines;
}

std::string origin_text(const OriginSearch& search, const std::vector<OriginValue>& left_out,
                        const Style& style)
{
    const auto& values = search.values().all();
    std::string text = values.empty()
                           ? "nothing is known that must not show; name it with --origin\n"
                           : style.toned("must not show", Tone::strong) + "\n";
    for (std::size_t i = 0; i < values.size(); ++i)
        text += value_line(values[i], source_of(values[i]), style) + forms_text(search.forms_of(i));
    if (!left_out.empty()) text += style.toned("public by configuration", Tone::strong) + "\n";
    for (const OriginValue& value : left_out) text += "  " + shown(value.value) + "\n";
    return text;
}

}  // namespace postmaster
