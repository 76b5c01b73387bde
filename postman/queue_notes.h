/// What must be remembered of a mail in nullmailer's queue beside the ledger: who was refused for
/// good while others still wait, and before when nobody is tried again. One small file each, in the
/// courier's state directory, gone with the mail.
///
///     refused e9b7ea18e3de60ce              the recipient as the ledger writes it (ledger_line.h)
///     rests   e9b7ea18e3de60ce 1795165279   not before that second since 1970
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "common/spool/files.h"
#include "common/spool/spool_id.h"

namespace postman
{

struct QueueNote {
    std::set<std::uint64_t> refused;              // LedgerKey::recipient
    std::map<std::uint64_t, std::int64_t> rests;  // until then
    bool operator==(const QueueNote&) const = default;
};

/// Pure; lines that are none are passed over.
[[nodiscard]] QueueNote parse_queue_note(std::string_view text);
[[nodiscard]] std::string encode_queue_note(const QueueNote& note);

class QueueNotes
{
public:
    /// directory  exists
    QueueNotes(std::string directory, mail::Files& files)
        : directory_(std::move(directory)), files_(files)
    {
    }

    /// Without a note: an empty one.
    [[nodiscard]] mail::Result<QueueNote> of(const mail::SpoolId& id);
    /// Durable when it returns if somebody is refused; a rest may be lost in a power cut.
    [[nodiscard]] mail::Result<mail::Done> write(const mail::SpoolId& id, const QueueNote& note);
    void drop(const mail::SpoolId& id);

private:
    std::string path(const mail::SpoolId& id) const { return directory_ + "/note-" + id.hex(); }

    const std::string directory_;
    mail::Files& files_;
};

}  // namespace postman
