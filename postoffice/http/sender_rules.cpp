#include "postoffice/http/sender_rules.h"

#include <algorithm>

#include "common/privacy/ascii.h"
#include "common/spool/record.h"
#include "postoffice/path.h"

namespace postoffice::http
{

using mail::privacy::lowered;

mail::Result<SenderRules> SenderRules::parse(const std::string& default_sender,
                                             const std::vector<std::string>& allowed)
{
    SenderRules rules;
    if (!default_sender.empty() && !is_address(default_sender))
        return mail::Error{mail::ErrorKind::malformed,
                           "--default-sender: '" + default_sender + "' is no address", 0};
    rules.default_sender_ = default_sender;
    for (const std::string& one : allowed) {
        const bool is_domain = one.starts_with('@') && is_address(std::string("x").append(one));
        if (one != "<>" && !is_domain && !is_address(one))
            return mail::Error{
                mail::ErrorKind::malformed,
                "--allowed-sender: '" + one + "' is neither an address nor @DOMAIN nor <>", 0};
        rules.allowed_.push_back(lowered(one == "<>" ? "" : one));
    }
    return rules;
}

bool SenderRules::allows(std::string_view sender) const
{
    if (allowed_.empty()) return true;
    const std::string name = lowered(sender);
    if (!default_sender_.empty() && name == lowered(default_sender_)) return true;
    const auto at = name.rfind('@');
    const std::string domain = at == std::string::npos ? std::string() : name.substr(at);
    return std::any_of(allowed_.begin(), allowed_.end(), [&](const std::string& one) {
        return one == name || (!domain.empty() && one == domain);
    });
}

bool is_address(std::string_view text)
{
    if (!mail::is_utf8(text)) return false;
    const std::string bracketed = "<" + std::string(text) + ">";
    const auto parsed = postoffice::parse_path(bracketed);
    const auto* path = std::get_if<Path>(&parsed);
    return path != nullptr && path->rest.empty() && !path->mailbox.empty() &&
           path->mailbox == text;  // no source route
}

}  // namespace postoffice::http
