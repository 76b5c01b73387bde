#include "common/spool/spool_layout.h"

namespace mail {

std::vector<std::string> SpoolLayout::directories() const
{
    return {root(),     incoming_dir(), messages_dir(), held_dir(),
            failed_dir(), corrupt_dir(),  state_dir(),    handed_dir()};
}

std::string SpoolLayout::file_name(const SpoolName& name)
{
    return name.of_original ? name.id.hex() : name.id.hex() + ".json";
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
