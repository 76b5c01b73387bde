#include "postman/accounts/sender_rewrite.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "common/privacy/ascii.h"
#include "common/privacy/mailbox_reader.h"
#include "common/privacy/message_view.h"

namespace postman
{
namespace
{

using mail::privacy::equals_ignoring_case;
using mail::privacy::FieldReader;
using mail::privacy::HeaderField;
using mail::privacy::MailboxSpan;

constexpr std::array<std::string_view, 6> kSenderFields = {
    "From", "Sender", "Reply-To", "Resent-From", "Resent-Sender", "Resent-Reply-To"};

bool names_sender(std::string_view name)
{
    return std::any_of(kSenderFields.begin(), kSenderFields.end(),
                       [&](std::string_view one) { return equals_ignoring_case(name, one); });
}

/// The field with its mapped addresses replaced, or nothing.
std::optional<std::string> rewritten(const HeaderField& field, const GenericsTable& table)
{
    std::string text;
    const char* from = field.raw.data();
    for (const MailboxSpan& mailbox : mail::privacy::read_mailboxes(field.body)) {
        const auto address = table.mapped(mailbox.text());
        if (!address || mailbox.local.empty()) continue;
        const std::string_view last =
            mailbox.domain.empty() ? mailbox.local.back() : mailbox.domain.back();
        const char* begin = mailbox.local.front().data();
        text.append(from, static_cast<std::size_t>(begin - from)).append(*address);
        from = last.data() + last.size();
    }
    if (from == field.raw.data()) return std::nullopt;
    const char* end = field.raw.data() + field.raw.size();
    return text.append(from, static_cast<std::size_t>(end - from));
}

std::optional<std::string> rewritten_content(std::string_view content, const GenericsTable& table)
{
    std::string header;
    bool has_changed = false;
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);) {
        if (names_sender(field.name))
            if (const auto text = rewritten(field, table)) {
                has_changed = true;
                header += *text;
                continue;
            }
        header.append(field.raw);
    }
    if (!has_changed) return std::nullopt;
    std::string kept;
    FieldReader again(header);
    for (HeaderField field; again.next(field);)
        if (!equals_ignoring_case(field.name, "DKIM-Signature")) kept.append(field.raw);
    return kept.append(content.substr(reader.position()));
}

}  // namespace

std::optional<mail::Record> with_generic_senders(const mail::Record& record,
                                                 const GenericsTable& table)
{
    if (table.is_empty()) return std::nullopt;
    auto sender = table.mapped(record.envelope.reverse_path);
    auto content = rewritten_content(record.content, table);
    if (!sender && !content) return std::nullopt;
    mail::Record changed{.id = record.id,
                         .envelope = record.envelope,
                         .subject = record.subject,
                         .content = content ? std::move(*content) : record.content,
                         .timestamp = record.timestamp,
                         .sha256 = {}};
    if (sender) changed.envelope.reverse_path = std::move(*sender);
    changed.sha256 = mail::sha256_hex(changed.content);
    return changed;
}

}  // namespace postman
