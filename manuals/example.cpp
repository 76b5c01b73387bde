#include <set>

#include "manuals/forms.h"

namespace manuals
{
namespace
{

/// The name in a line `name = …`, also behind a #; nothing for prose.
std::string_view name_in(std::string_view line)
{
    if (line.starts_with('#')) line.remove_prefix(1);
    const std::size_t end = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-");
    if (end == 0 || end == std::string_view::npos || !line.substr(end).starts_with(" =")) return {};
    return line.substr(0, end);
}

std::set<std::string_view> names_in(std::string_view text)
{
    std::set<std::string_view> names;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (const auto name = name_in(text.substr(0, end)); !name.empty()) names.insert(name);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return names;
}

}  // namespace

std::string example(const mail::CommandRow& program, std::string_view written)
{
    const std::set<std::string_view> told = names_in(written);
    std::string text(written);
    for (const mail::OptionRow& option : program.options) {
        const std::string name = option.stem();
        if (!option.is_in_file || told.count(name) != 0) continue;
        const std::string value = option.value.empty() ? "false" : option.default_value;
        text += "\n# " + option.meaning;
        if (!option.choices.empty()) text += " (" + joined(option.choices, ", ") + ")";
        text += "\n#" + name + " =" + (value.empty() ? "" : " " + value) + "\n";
    }
    return text;
}

}  // namespace manuals
