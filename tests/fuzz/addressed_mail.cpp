/// A mail made ready for a way out without an envelope: whatever its header holds, what goes out
/// names pending recipients only, each of them, and keeps the body.
#include "postman/gmail/addressed_mail.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <set>

#include "common/privacy/ascii.h"
#include "common/privacy/message_view.h"
#include "postman/gmail/address_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view content(reinterpret_cast<const char*>(data), size);
    const std::vector<std::string> recipients = {"a@x.example", "b@y.example"};
    const auto mail = postman::address_mail(content, recipients);
    if (!mail) return 0;
    std::set<std::string> named;
    const auto view = mail::privacy::view_message(mail->content);
    for (const auto& field : view.fields) {
        const bool names = mail::privacy::equals_ignoring_case(field.name, "To") ||
                           mail::privacy::equals_ignoring_case(field.name, "Cc") ||
                           mail::privacy::equals_ignoring_case(field.name, "Bcc");
        if (!names) continue;
        const auto addresses = postman::read_address_list(field.body);
        if (!addresses) std::abort();
        for (const auto& address : *addresses) named.insert(postman::address_key(address));
    }
    if (named != std::set<std::string>(recipients.begin(), recipients.end())) std::abort();
    if (view.body != mail::privacy::view_message(content).body) std::abort();
    return 0;
}
