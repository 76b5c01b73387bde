#include "postmaster/batch.h"

#include <algorithm>
#include <new>
#include <stdexcept>

#include "common/base64.h"
#include "common/json_text.h"
#include "common/log.h"
#include "postmaster/original_form.h"

namespace postmaster
{

using mail::Error;
using mail::ErrorKind;
using mail::Pick;
using mail::Record;
namespace log = mail::log;

namespace
{

constexpr std::size_t kLargeContent = std::size_t{1024} * 1024;
constexpr std::size_t kBesideContent = std::size_t{64} * 1024;  // in most records, by far

/// At most, in a record: as text, or in base64 where that is shorter.
std::size_t encoded_bytes(std::string_view content)
{
    return std::min(mail::escaped_size(content), mail::base64_size(content.size()));
}

}  // namespace

void SetAside::keep(const Pick& pick)
{
    std::erase_if(picks_, [&](const Pick& one) { return one.id == pick.id; });
}

void SetAside::put_back()
{
    if (!picks_.empty()) hand_out_.put_back(picks_);
    picks_.clear();
}

Batch::Batch(mail::HandOut& hand_out, Gate& gate, RecordForm form, BatchLimits limits,
             std::string json)
    : hand_out_(hand_out),
      gate_(gate),
      form_(form),
      limits_(limits),
      json_(std::move(json)),
      start_(json_.size()),
      set_aside_(hand_out)
{
}

void Batch::fill()
{
    while (entries_.size() < limits_.mails && !is_full() && !stopped_early()) {
        const std::vector<Pick> picks = hand_out_.next(limits_.mails - entries_.size());
        if (picks.empty()) return;
        set_aside_.add(picks);
        for (const Pick& pick : picks)
            // A mail that cannot fit is not even read: beside a large one it is one too many.
            if (is_full() || take(pick) == Step::full) return;
    }
}

/// The oldest mail comes first at every lease: one at which we fail must not be in the way of all
/// others. A mistake of ours stays one, so that mail is held; memory may be there later.
Batch::Step Batch::take(const Pick& pick)
{
    const std::size_t before = json_.size();
    try {
        return take_unguarded(pick);
    } catch (const std::bad_alloc&) {
        trouble_ = true;
        log::error("mail not judged, waits",
                   {{"id", pick.id.hex()}, {"reason", "memory is short"}});
    } catch (const std::exception& error) {
        hold(pick, {HeldFor::unknown, std::string("could not be judged: ") + error.what(), 0, ""});
    }
    json_.resize(before);
    return Step::skipped;
}

Batch::Step Batch::take_unguarded(const Pick& pick)
{
    auto record = hand_out_.read(pick);
    if (!record) {
        on_unreadable(pick, record.error());
        return Step::skipped;
    }
    auto recipients = hand_out_.lendable(pick, record->envelope);
    // The original's hand-out takes the whole file: a mail that somebody has to get later waits for
    // him.
    if (form_ == RecordForm::original && hand_out_.has_later_recipients(pick)) return Step::skipped;
    if (recipients.empty()) {
        trouble_ = true;
        return Step::skipped;
    }
    return write(pick, std::move(*record), std::move(recipients));
}

/// Judges and writes one record, and takes it away again if the answer would be too large with it.
Batch::Step Batch::write(const Pick& pick, Record stored, std::vector<std::string> recipients)
{
    const bool is_first = entries_.empty();
    if (!is_first && json_.size() - start_ + stored.content.size() > limits_.bytes)
        return Step::full;

    Judgement judgement = gate_.judge(pick, std::move(stored));
    if (judgement.stop) {
        hold(pick, *judgement.stop);
        return Step::skipped;
    }
    Record& record = judgement.record;
    record.envelope.recipients = std::move(recipients);

    const std::size_t before = json_.size();
    // A large mail must not make the answer grow by doubling.
    if (record.content.size() > kLargeContent)
        json_.reserve(before + encoded_bytes(record.content) + kBesideContent);
    if (!is_first) json_ += ',';
    append(record);
    if (!is_first && json_.size() - start_ > limits_.bytes) {
        json_.resize(before);
        return Step::full;
    }
    entries_.push_back(
        {{pick, std::move(record.envelope.recipients)}, record.content.size(), judgement.changed});
    return Step::taken;
}

void Batch::append(const Record& record)
{
    if (form_ == RecordForm::original) return append_original_form(json_, record);
    const auto to_answer = [this](std::string_view piece) -> mail::Result<mail::Done> {
        json_ += piece;
        return mail::Done{};
    };
    // A record that was decoded can be encoded: anything else is a bug.
    if (auto ok = mail::encode_record(record, to_answer); !ok)
        throw std::logic_error(ok.error().describe());
}

/// A mail that cannot be moved to held/ waits, and is judged again: it is never lent.
void Batch::hold(const Pick& pick, const Stop& stop)
{
    const std::string id = pick.id.hex();
    if (auto moved = hand_out_.hold(pick, stop.reason); !moved) {
        trouble_ = true;
        return log::error("mail not held, waits",
                          {{"id", id}, {"reason", moved.error().describe()}});
    }
    set_aside_.keep(pick);
    ++held_;
    gate_.count(stop.why);
    log::warning("mail held", {{"id", id},
                               {"reason", stop.reason},
                               {"findings", stop.findings},
                               {"places", stop.places}});
}

void Batch::on_unreadable(const Pick& pick, const Error& error)
{
    const std::string id = pick.id.hex();
    if (error.kind == ErrorKind::missing) {
        set_aside_.keep(pick);
        return log::warning("mail is gone", {{"id", id}, {"reason", error.describe()}});
    }
    if (error.kind != ErrorKind::corrupt) {
        trouble_ = true;
        return log::error("mail not readable now", {{"id", id}, {"reason", error.describe()}});
    }
    if (auto moved = hand_out_.quarantine(pick, error.describe()); !moved) {
        trouble_ = true;
        return log::error("corrupt mail not moved",
                          {{"id", id}, {"reason", moved.error().describe()}});
    }
    set_aside_.keep(pick);
    log::error("mail is corrupt, moved to corrupt/", {{"id", id}, {"reason", error.describe()}});
}

std::vector<mail::Loan> Batch::loans() const
{
    std::vector<mail::Loan> loans;
    for (const BatchEntry& entry : entries_) loans.push_back(entry.loan);
    return loans;
}

std::vector<Pick> Batch::picks() const
{
    std::vector<Pick> picks;
    for (const BatchEntry& entry : entries_) picks.push_back(entry.loan.pick);
    return picks;
}

void Batch::keep_all()
{
    for (const BatchEntry& entry : entries_) set_aside_.keep(entry.loan.pick);
}

}  // namespace postmaster
