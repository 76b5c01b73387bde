/// What becomes of one file of nullmailer's queue: the records that go into the spool, and who
/// cannot be served. Pure.
#pragma once

#include <string>
#include <vector>

#include "common/nullmailer/queue_directory.h"
#include "common/spool/record.h"

namespace postoffice
{

/// As much as the catcher takes in one transaction; a mail with more recipients becomes several,
/// of the same content.
inline constexpr std::size_t kMaxPickedRecipients = 1000;
inline constexpr std::size_t kMaxPickedRecipientBytes = 256 * 1024;

struct PickedMail {
    /// None: nobody of it can be served.
    std::vector<mail::Record> records;
    /// Recipients that the catcher would refuse, as the file writes them; all, where the sender or
    /// the mail itself is what it would refuse.
    std::vector<std::string> refused;
    std::string reason;  // for the first of them
};

/// The same mail makes the same records, octet for octet, their ids included: they come from the
/// file's identity, the envelope and the content, and their time is the file's. So what a crash
/// made us pick up twice is known again, here and by the courier's ledger.
[[nodiscard]] PickedMail picked_mail(mail::nullmailer::QueuedMail mail);

}  // namespace postoffice
