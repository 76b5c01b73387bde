/// The gate at the hand-out: each mail on its way to a courier is inspected here, and either goes
/// scrubbed or is to be held. Both hand-outs go through it. The judging itself is
/// common/privacy/inspection.h; moving a held mail is the caller's part.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/privacy/inspection.h"
#include "common/spool/spool.h"
#include "postmaster/gate_report.h"
#include "postmaster/loop_guard.h"

namespace postmaster
{

/// Why a mail is held, in classes for the counters: where the first value that holds it stands, or
/// what else it is for.
enum class HeldFor : std::uint8_t { envelope, header, text, attachment, unknown, loop };
inline constexpr std::size_t kHeldFors = 6;
[[nodiscard]] std::string_view name_of(HeldFor why) noexcept;  // "origin value in header"

/// A mail that must not go, with what the log and the queue say of it.
struct Stop {
    HeldFor why = HeldFor::unknown;
    std::string reason;        // one line
    std::size_t findings = 0;  // that the gate made, listed or not
    std::string places;        // of the first few
};

struct Judgement {
    mail::Record record;      // as it may be lent: content, sum, subject and reverse-path anew
    std::size_t changed = 0;  // header fields that the scrub removed or rewrote
    std::optional<Stop> stop;
};

using HeldCounts = std::array<std::uint64_t, kHeldFors>;  // by HeldFor

class Gate
{
public:
    /// loops   nullptr: mail may circle (no --courier-name)
    /// report  nullptr: what the gate finds is held; else it goes and is noted there. A mail that
    ///         circles is held either way
    explicit Gate(mail::privacy::InspectionRules rules, LoopGuard* loops = nullptr,
                  GateReport* report = nullptr);
    virtual ~Gate() = default;

    /// From many threads at once; holds no lock while it inspects. A mail that an operator released
    /// as it is (Pick::as_is) is scrubbed and never stopped.
    /// throws  where memory is short, or by a mistake of ours: such a mail must not go. Virtual so
    ///         that the tests can make it happen
    /// blocks  for the inspection, and for one write where something is to be noted
    [[nodiscard]] virtual Judgement judge(const mail::Pick& pick, mail::Record record);

    /// The caller has held a mail for this.
    void count(HeldFor why) { ++held_[static_cast<std::size_t>(why)]; }
    /// Mails held since the start.
    [[nodiscard]] HeldCounts held() const;
    /// What it judges by; the operators' commands show mail with the same.
    [[nodiscard]] const mail::privacy::InspectionRules& rules() const { return rules_; }

private:
    std::optional<Stop> stop_for(const mail::Pick& pick, const mail::Record& record,
                                 const mail::privacy::Inspection& inspection);
    bool lets_pass(const mail::Pick& pick, const mail::privacy::Inspection& inspection);

    const mail::privacy::InspectionRules rules_;
    LoopGuard* loops_;
    GateReport* report_;
    std::array<std::atomic<std::uint64_t>, kHeldFors> held_{};
};

}  // namespace postmaster
