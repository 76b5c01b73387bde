#include "common/privacy/public_sender.h"

#include <algorithm>

#include "common/privacy/ascii.h"
#include "common/privacy/message_ids.h"
#include "common/privacy/message_view.h"

namespace mail::privacy
{
namespace
{

// RFC 2606 reserves it: nobody has it, and it says nothing of anybody.
constexpr std::string_view kNobodysDomain = "id.example";

constexpr std::string_view kMboxMark = "From ";

bool is_ascii_host(std::string_view host)
{
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; });
}

}  // namespace

bool may_show(std::string_view domain, const OriginValues& origin)
{
    return is_public_name(domain) && !origin.matches_host(domain);
}

std::string domain_of_from(std::string_view content, const OriginValues& origin,
                           const SenderMap& senders)
{
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);) {
        if (!equals_ignoring_case(field.name, "From")) continue;
        const auto mapped = senders.rewritten(field.body);
        const std::string_view body = mapped ? *mapped : field.body;
        const auto at = body.rfind('@');
        if (at == body.npos) continue;
        const auto rest = body.substr(at + 1);
        auto domain = lowered(rest.substr(0, rest.find_first_of("> \t\r\n,;()\"")));
        if (is_ascii_host(domain) && may_show(domain, origin)) return domain;
    }
    return std::string(kNobodysDomain);
}

bool shows_public_sender(std::string_view mbox_line, const OriginValues& origin)
{
    const auto rest = without_quote_marks(mbox_line).substr(kMboxMark.size());
    const auto sender = rest.substr(0, rest.find(' '));
    const auto at = sender.rfind('@');
    return at != sender.npos && may_show(sender.substr(at + 1), origin);
}

}  // namespace mail::privacy
