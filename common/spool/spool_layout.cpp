#include "common/spool/spool_layout.h"

namespace mail
{

std::vector<std::string> SpoolLayout::directories() const
{
    return {root(),       incoming_dir(), messages_dir(), held_dir(),
            failed_dir(), corrupt_dir(),  state_dir(),    handed_dir()};
}

std::string SpoolLayout::file_name(const SpoolName& name)
{
    return name.of_original ? name.id.hex() : name.id.hex() + ".json";
}

std::optional<std::string> SpoolLayout::handed_day(std::string_view file_name)
{
    constexpr std::size_t kDayDigits = 8;
    if (file_name.size() <= kDayDigits || file_name[kDayDigits] != '-') return std::nullopt;
    const std::string_view day = file_name.substr(0, kDayDigits);
    if (day.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    if (!parse(file_name.substr(kDayDigits + 1))) return std::nullopt;
    return std::string(day);
}

std::optional<SpoolName> SpoolLayout::parse(std::string_view file_name)
{
    constexpr std::string_view kSuffix = ".json";
    SpoolName name;
    name.of_original = !file_name.ends_with(kSuffix);
    if (!name.of_original) file_name.remove_suffix(kSuffix.size());
    const auto id = SpoolId::parse(file_name);
    if (!id) return std::nullopt;
    name.id = *id;
    return name;
}

}  // namespace mail
