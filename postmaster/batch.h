/// The batch: picked mails pass the gate and become JSON records, within the limits of one answer.
/// Those that must not go are held.
#pragma once

#include <string>
#include <vector>

#include "common/spool/spool.h"
#include "postmaster/gate.h"

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
    Batch(mail::HandOut& hand_out, Gate& gate, RecordForm form, BatchLimits limits,
          std::string json = {});

    /// Picks and writes until the limits are met or nothing waits. A mail that the gate stops, or
    /// at which we fail, goes to held/, one that cannot be decoded to corrupt/, and the others go
    /// on; one that cannot be read or held now, or for which memory is short, waits again. After
    /// kMostHeld held mails it stops, see stopped_early(). blocks  for reads, inspections, and the
    /// syncs of each mail held
    void fill();
    static constexpr std::size_t kMostHeld = 200;

    bool is_empty() const { return entries_.empty(); }
    /// Something waits, but could not be read: not the same as an empty spool.
    bool met_trouble() const { return trouble_; }
    /// So many mails were held that a courier should not wait for what is behind them.
    bool stopped_early() const { return held_ >= kMostHeld; }
    const std::vector<BatchEntry>& entries() const { return entries_; }
    std::vector<mail::Loan> loans() const;
    std::vector<mail::Pick> picks() const;
    std::string& json() { return json_; }
    /// The entries have been lent or handed over: they do not wait again.
    void keep_all();

private:
    enum class Step { taken, skipped, full };
    Step take(const mail::Pick& pick);
    Step take_unguarded(const mail::Pick& pick);
    Step write(const mail::Pick& pick, mail::Record record, std::vector<std::string> recipients);
    void hold(const mail::Pick& pick, const Stop& stop);
    void on_unreadable(const mail::Pick& pick, const mail::Error& error);
    void append(const mail::Record& record);
    bool is_full() const { return !entries_.empty() && json_.size() - start_ >= limits_.bytes; }

    mail::HandOut& hand_out_;
    Gate& gate_;
    RecordForm form_;
    BatchLimits limits_;
    std::string json_;
    std::size_t start_;  // of the records in json_
    std::vector<BatchEntry> entries_;
    SetAside set_aside_;
    std::size_t held_ = 0;
    bool trouble_ = false;
};

}  // namespace postmaster
