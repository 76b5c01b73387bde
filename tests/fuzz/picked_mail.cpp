// From a queue file to records: every recipient is served or refused, never both or neither; what
// is made can be written and read again, and is the same each time.
#include <cstdint>
#include <cstdlib>

#include "common/line_ends.h"
#include "common/nullmailer/queue_file.h"
#include "postoffice/pickup/pickup_mail.h"

namespace
{

void must(bool holds)
{
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto file = mail::nullmailer::parse_queue_file(text);
    if (!file) return 0;
    const mail::nullmailer::QueuedMail mail{"1.1",
                                            {},
                                            file->envelope,
                                            mail::with_crlf_line_ends(file->message),
                                            static_cast<std::int64_t>(size)};
    const auto picked = postoffice::picked_mail(mail);
    std::size_t served = 0;
    for (const mail::Record& record : picked.records) {
        const auto& recipients = record.envelope.recipients;
        must(!recipients.empty() && recipients.size() <= postoffice::kMaxPickedRecipients);
        served += recipients.size();
        const auto json = mail::encode_record(record);
        must(json.has_value());
        const auto again = mail::decode_record(*json, record.id);
        must(again && *again == record && record.content == mail.content);
    }
    must(served + picked.refused.size() == file->envelope.recipients.size());
    must(picked.refused.empty() == picked.reason.empty());
    must(postoffice::picked_mail(mail).records == picked.records);
    return 0;
}
