// What a program gives to `postman send`: no blind copy is left in it, and no field can be forged
// into it; what is put in front is found there when it is read again.
#include "common/submission.h"

#include <cstdint>
#include <cstdlib>

#include "common/privacy/message_view.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const mail::WallTime now{std::chrono::seconds(1795163247)};
    auto record = mail::submitted_mail(
        text, {.recipients = {"ann@d.example"}, .adds_header_recipients = true}, now);
    if (!record) return 0;
    if (record->envelope.recipients.front() != "ann@d.example") std::abort();
    const auto view = mail::privacy::view_message(record->content);
    if (view.find("Bcc") != nullptr || view.find("Resent-Bcc") != nullptr) std::abort();
    const std::string mail = mail::with_demanded_fields(*record, "", now);
    if (!mail.ends_with(record->content)) std::abort();
    const auto whole = mail::privacy::view_message(mail);
    if (whole.find("Date") == nullptr || whole.find("Message-ID") == nullptr) std::abort();
    return 0;
}
