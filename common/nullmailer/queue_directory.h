/// nullmailer's queue directory as the courier works it off: which files are mails, what each one
/// says, and where it goes when its recipients are done. nullmailer's own neighbours are used:
///
///     queue/NAME    waits; nullmailer-queue links it in whole
///     failed/NAME   for a person to see; moved back into queue/, it is tried again
///
/// Knows nothing of ledger or ways out. Every call may be made from any thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/envelope.h"
#include "common/spool/files.h"
#include "common/spool/spool_id.h"

namespace mail::nullmailer
{

inline constexpr std::uint64_t kMaxQueueFileBytes = std::uint64_t{256} << 20;
/// A file that somebody may still be writing is left alone until it has rested so long.
inline constexpr std::chrono::seconds kQueueFileRest{60};

/// Does anybody have the file open for writing? `unknown` where the system does not tell.
enum class Writers { none, some, unknown };
using AskWriters = std::function<Writers(const std::string& path)>;

struct QueuedMail {
    std::string name;  // in the directory
    /// Made of name, inode, size and time of the last change: the same for each run that finds the
    /// file, another one for another mail that comes under the same name.
    mail::SpoolId id;
    mail::Envelope envelope;
    std::string content;  // CRLF line ends
    std::int64_t queued_at = 0;
};

class QueueDirectory
{
public:
    /// path            absolute, without a slash at its end. All must outlive it.
    /// max_file_bytes  larger files are refused, unread
    QueueDirectory(std::string path, mail::Files& files, const mail::Clock& clock,
                   AskWriters ask_writers, std::uint64_t max_file_bytes = kMaxQueueFileBytes);

    const std::string& path() const { return path_; }
    std::string failed_dir() const;

    /// Regular files without a dot in front, the oldest first as nullmailer's names tell.
    [[nodiscard]] mail::Result<std::vector<std::string>> names();
    /// errors  missing:   it is gone, or no mail any more
    ///         conflict:  it is still being written, or may be: later
    ///         malformed: no queue file, and nobody has touched it for a while
    ///         refused:   over `max_file_bytes`
    [[nodiscard]] mail::Result<QueuedMail> read(const std::string& name);
    /// Durable when it returns. That it is gone already is fine.
    [[nodiscard]] mail::Result<mail::Done> remove(const std::string& name);
    /// errors  refused: it is a link, which whoever owns the place may lay to anywhere
    [[nodiscard]] mail::Result<mail::Done> make_failed_dir();
    /// To failed/, whole. Durable when it returns. Never over another file: that gets a number.
    [[nodiscard]] mail::Result<mail::Done> bury(const std::string& name);
    /// The same with these recipients only: moved back, it goes to nobody else. Repeating it after
    /// a crash makes no second file.
    [[nodiscard]] mail::Result<mail::Done> bury(const std::string& name,
                                                const std::vector<std::string>& recipients);

private:
    mail::Result<mail::Done> write_failed(const std::string& name, const std::string& text);
    mail::Result<mail::Done> sync(const std::string& directory)
    {
        return files_.sync_dir(directory);
    }
    bool holds(const std::string& path, const std::string& text);
    bool is_young(const mail::FileStatus& status) const;

    const std::string path_;
    mail::Files& files_;
    const mail::Clock& clock_;
    const AskWriters ask_writers_;
    const std::uint64_t max_file_bytes_;
};

/// By a read lease (fcntl(2), F_SETLEASE): the kernel gives one only where nobody writes. Wants
/// the file's owner, or CAP_LEASE.
[[nodiscard]] Writers system_writers(const std::string& path);

}  // namespace mail::nullmailer
