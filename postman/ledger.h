/// The ledger: for each (id, recipient), whether a delivery was started and whether it is done.
/// What is done is never sent again, only confirmed again.
///
/// Append only, one checksummed line per event, synced before record() returns; threads that record
/// at the same time share one sync. Now and then it is written anew without what cannot come back.
/// The format, and what a crash leaves: docs/ledger.md. Knows nothing of HTTP or of ways out.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "common/clock.h"
#include "common/result.h"
#include "common/spool/files.h"
#include "postman/ledger_line.h"
#include "postman/witnessed_time.h"

namespace postman
{

struct LedgerEntry {
    LedgerEvent event = LedgerEvent::started;
    mail::SpoolId id;
    std::string recipient;
};

class Ledger
{
public:
    /// Reads nothing yet: a round without mail needs no ledger.
    ///
    /// dir   exists; holds `ledger`, and `ledger.new` while it is written anew
    /// keep  how long to remember what cannot come back, in witnessed time; what could come back is
    ///       kept for a year at least
    Ledger(std::string dir, std::chrono::seconds keep, mail::Files& files,
           const mail::Clock& clock);

    /// Reads the file on the first call; later calls cost nothing. Damaged lines are left out, and
    /// all the others count.
    /// errors  temporary: it cannot be read; deliver nothing then
    /// blocks  for the whole file
    [[nodiscard]] mail::Result<mail::Done> open();

    /// Of an opened ledger.
    [[nodiscard]] Standing standing(const mail::SpoolId& id, std::string_view recipient) const;

    /// Writes the entries, in order. Durable on success.
    /// errors  temporary: not durable, and the ledger takes nothing more. What was delivered is
    /// still
    ///         delivered: report it, and start nothing.
    /// blocks  for one fdatasync, shared with whoever records at the same time
    [[nodiscard]] mail::Result<mail::Done> record(const std::vector<LedgerEntry>& entries);

    /// The same without a sync: durable with the next record(). For what may be lost without harm.
    void note(const std::vector<LedgerEntry>& entries);
    /// Makes the notes durable. Does nothing without any.
    [[nodiscard]] mail::Result<mail::Done> flush();

    /// Lines that could not be read when it was opened, the torn last one not counted.
    [[nodiscard]] std::size_t damaged_lines() const { return damaged_lines_; }

private:
    struct Entry {
        Standing standing;
        std::int64_t seen = 0;  // its last change, in witnessed time
    };
    using Entries = std::unordered_map<LedgerKey, Entry, LedgerKey::Hash>;

    mail::Result<Entries> load();
    void take_in(Entries& entries, std::string_view text);
    void enqueue(const std::vector<LedgerEntry>& entries);
    void write_queued(std::unique_lock<std::mutex>& lock);
    void break_off(const mail::Error& error);
    mail::Result<mail::Done> open_file();
    mail::Result<mail::Done> replace_failed();
    mail::Result<mail::Done> append(std::string_view lines);
    bool wants_rewrite() const;
    void forget_old();
    std::string whole_text() const;
    std::unique_ptr<mail::OutFile> try_replace(std::string_view text);
    mail::Result<std::unique_ptr<mail::OutFile>> rewrite(std::string_view text);
    mail::Result<std::unique_ptr<mail::OutFile>> replace(std::string_view text);
    std::int64_t now_seconds() const;
    std::string path() const { return dir_ + "/ledger"; }
    std::string failed_path() const { return dir_ + "/ledger.failed"; }

    const std::string dir_;
    const std::chrono::seconds keep_;
    mail::Files& files_;
    const mail::Clock& clock_;

    mutable std::mutex mutex_;
    std::condition_variable written_;
    bool is_open_ = false;
    bool is_failed_ = false;   // it was read from failed_path()
    bool is_writing_ = false;  // one thread writes; the others wait for it
    std::optional<mail::Error> broken_;
    Entries entries_;
    WitnessedTime time_;
    std::string queued_;  // lines not yet written
    std::size_t queued_lines_ = 0;
    std::uint64_t last_ticket_ = 0;     // given out
    std::uint64_t durable_ticket_ = 0;  // synced
    std::size_t lines_in_file_ = 0;
    std::size_t next_rewrite_ = 0;  // after one that failed: not before so many lines
    std::size_t damaged_lines_ = 0;
    /// What a run before this one wrote last may be torn, or may not have reached the disk: the
    /// first line of ours begins on a line of its own.
    bool begins_line_ = false;
    std::uint64_t size_ = 0;
    std::unique_ptr<mail::OutFile> file_;
};

}  // namespace postman
