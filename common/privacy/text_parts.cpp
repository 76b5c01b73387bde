#include "common/privacy/message_view.h"
#include "common/privacy/mime_parts.h"

namespace mail::privacy
{

std::string joined_text_parts(std::string_view content)
{
    constexpr std::string_view kBetween = "\n--- mail_boundary ---\n";
    std::string joined;
    bool is_first = true;
    for (const auto& part : read_parts(content).parts) {
        if (part.role != MimePart::Role::leaf || !part.is_text()) continue;
        if (!is_first) joined.append(kBetween);
        joined.append(decoded_text(part));
        is_first = false;
    }
    return joined;
}

}  // namespace mail::privacy
