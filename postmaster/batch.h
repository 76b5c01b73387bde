/// The batch: picked mails become JSON records, scrubbed, within the limits of one answer.
#pragma once

#include <string>
#include <vector>

#include "common/privacy/scrub.h"
#include "common/spool/spool.h"

namespace postmaster
{

/// How a record is written: ours (design: the record), or as the original PostMaster did.
enum class RecordForm { ours, original };

struct BatchLimits {
    std::size_t mails = 50;
    std::size_t bytes = 16 * 1024 * 1024;  // of JSON; one mail always fits
};

/// What was set aside with HandOut::next(); waits again when it goes out of scope, unless kept.
class SetAside
{
public:
    explicit SetAside(mail::HandOut& hand_out) : hand_out_(hand_out) {}
    SetAside(const SetAside&) = delete;
    SetAside& operator=(const SetAside&) = delete;
    ~SetAside() { put_back(); }

    void add(const std::vector<mail::Pick>& picks)
    {
        picks_.insert(picks_.end(), picks.begin(), picks.end());
    }
    /// These have gone another way.
    void keep(const mail::Pick& pick);
    void put_back();

private:
    mail::HandOut& hand_out_;
    std::vector<mail::Pick> picks_;
};

/// One mail of a batch, for the log.
struct BatchEntry {
    mail::Loan loan;
    std::size_t bytes = 0;    // of the scrubbed content
    std::size_t removed = 0;  // header fields that the scrub removed or rewrote
};

class Batch
{
public:
    /// Writes after what `json` holds already. Nothing is lent here: the caller lends entries(),
    /// and whatever it does not lend waits again when the batch goes.
    Batch(mail::HandOut& hand_out, const mail::privacy::ScrubRules& rules, RecordForm form,
          BatchLimits limits, std::string json = {});

    /// Picks and writes until the limits are met or nothing waits. A mail that cannot be decoded
    /// goes to corrupt/ and the others go on; one that cannot be read now waits again. blocks  for
    /// reads
    void fill();

    bool is_empty() const { return entries_.empty(); }
    /// Something waits, but could not be read: not the same as an empty spool.
    bool met_trouble() const { return trouble_; }
    const std::vector<BatchEntry>& entries() const { return entries_; }
    std::vector<mail::Loan> loans() const;
    std::vector<mail::Pick> picks() const;
    std::string& json() { return json_; }
    /// The entries have been lent or handed over: they do not wait again.
    void keep_all();

private:
    enum class Step { taken, skipped, full };
    Step take(const mail::Pick& pick);
    Step write(const mail::Pick& pick, mail::Record record, std::vector<std::string> recipients);
    void on_unreadable(const mail::Pick& pick, const mail::Error& error);
    void append(const mail::Record& record);

    mail::HandOut& hand_out_;
    const mail::privacy::ScrubRules& rules_;
    RecordForm form_;
    BatchLimits limits_;
    std::string json_;
    std::size_t start_;  // of the records in json_
    std::vector<BatchEntry> entries_;
    SetAside set_aside_;
    bool trouble_ = false;
};

}  // namespace postmaster
