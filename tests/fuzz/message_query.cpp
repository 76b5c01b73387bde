/// The envelope of a request, in its query and in its fields: what is taken is addresses, each once
/// and no more than are allowed, and the two ways agree.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "postoffice/http/posted_mail.h"

using namespace postoffice::http;

namespace
{

void vet(const WantedEnvelope& wanted)
{
    if (wanted.recipients.size() > kMaxRecipients) std::abort();
    std::set<std::string> known;
    for (const std::string& one : wanted.recipients)
        if (!known.insert(one).second || !is_address(one)) std::abort();
}

/// As fields; what is taken must be the same.
void say_again(const WantedEnvelope& wanted)
{
    std::string list;
    for (const std::string& one : wanted.recipients)
        list.append(list.empty() ? "<" : ", <").append(one).append(">");
    const std::string sender = wanted.sender ? "<" + *wanted.sender + ">" : "";
    const auto again = envelope_of_fields(sender, list);
    if (!again || again->sender != wanted.sender || again->recipients != wanted.recipients)
        std::abort();
}

void post(std::string_view text, WantedEnvelope wanted)
{
    const auto made = posted_mail(std::string(text), std::move(wanted), SenderRules());
    const auto* mail = std::get_if<mail::Message>(&made);
    if (mail == nullptr) return;
    if (mail->envelope.recipients.empty()) std::abort();
    for (auto at = mail->content.find('\n'); at != std::string::npos;
         at = mail->content.find('\n', at + 1))
        if (at == 0 || mail->content[at - 1] != '\r') std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto wanted = envelope_of_query(text)) {
        vet(*wanted);
        say_again(*wanted);
    }
    const auto line = text.substr(0, text.find('\n'));
    const auto rest = text.substr(std::min(text.size(), line.size() + 1));
    if (const auto wanted = envelope_of_fields(rest.substr(0, rest.find('\n')), line)) {
        vet(*wanted);
        say_again(*wanted);
        post(rest, *wanted);
    }
    post(text, {});
    return 0;
}
