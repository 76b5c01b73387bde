/// The gate's report: with --gate=report each mail that would be held goes out and leaves an entry
/// in state/gate-report, so that `postmaster origin --suggest` can say which lines of the
/// configuration a day of mail asks for.
///
/// One JSON object per line, the mail's id in each; nothing of its text. Pure but for GateReport
/// and read_gate_report().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "common/privacy/inspection.h"
#include "common/result.h"
#include "common/spool/files.h"
#include "common/spool/spool_id.h"
#include "common/spool/spool_layout.h"
#include "postmaster/bounded_lines.h"

namespace postmaster
{

/// A value that a mail showed elsewhere than in a sender's address.
struct ReportedValue {
    std::string value;  // as --origin takes it: "web1.internal", "user:www-data"
    std::string place;  // "Subject", "text", "attachment", "envelope"
    bool learned = false;
    bool operator==(const ReportedValue&) const = default;
};

/// A sender's address that shows the origin.
struct ReportedAddress {
    std::string address;
    bool local_part_shows = false;  // by itself, so that it cannot stand in a public domain either
    bool operator==(const ReportedAddress&) const = default;
};

/// What was seen of one mail. Lists are cut at kMostReported, texts at kLongestReported bytes.
struct GateReportEntry {
    mail::SpoolId id;
    std::string time;      // RFC 3339
    bool is_held = false;  // would be; else something was only warned of
    std::string reason;
    std::vector<ReportedAddress> addresses;  // the envelope's first
    std::vector<ReportedValue> values;
    bool operator==(const GateReportEntry&) const = default;
};
inline constexpr std::size_t kMostReported = 20;
inline constexpr std::size_t kLongestReported = 400;

/// The entry of an inspected mail; nothing, if there is nothing to say of it.
[[nodiscard]] std::optional<GateReportEntry> entry_of(const mail::SpoolId& id, std::string time,
                                                      const mail::privacy::Inspection& inspection,
                                                      const mail::privacy::OriginSearch& search);

/// One line without its end; valid UTF-8.
[[nodiscard]] std::string encode_entry(const GateReportEntry& entry);
/// Nothing for a line that is none.
[[nodiscard]] std::optional<GateReportEntry> decode_entry(std::string_view line);

/// A line for postmaster.conf, and how many mails ask for it.
struct Suggestion {
    std::string line;  // "rewrite = www-data@web1.internal=www-data@example.org", "origin = …",
                       // or "# …" where no line can help
    std::size_t mails = 0;
    bool operator==(const Suggestion&) const = default;
};

/// Most mails first, and of as many those that help. Three senders in one domain or more, and such
/// as carry a mark (VERP), get one line for the domain. What could not stand in a configuration
/// file (control characters, spaces) is left out.
///
/// public_domain  for the new sides; empty: a placeholder stands there that no check lets pass
/// rules          as they are now: what they map or name already is not asked for again, and of
///                what they do not name any more nothing is said
[[nodiscard]] std::vector<Suggestion> suggestions(const std::vector<GateReportEntry>& entries,
                                                  std::string_view public_domain,
                                                  const mail::privacy::ScrubRules& rules);

/// How far back the suggestions look.
inline constexpr std::chrono::hours kSuggestionWindow{24};
/// The entries of mails that were judged at that time or later.
///
/// since  RFC 3339, as the entries have it
[[nodiscard]] std::vector<GateReportEntry> entries_since(std::vector<GateReportEntry> entries,
                                                         std::string_view since);

/// The daemon's side: notes each mail once.
class GateReport
{
public:
    static constexpr std::uint64_t kMaxBytes = 4 * 1024 * 1024;

    /// errors  temporary: the file cannot be read or written
    [[nodiscard]] static mail::Result<std::unique_ptr<GateReport>> open(
        const mail::SpoolLayout& layout, mail::Files& files = mail::system_files());

    /// False if this mail has been noted already: it is lent again. An entry that cannot be written
    /// is logged and lost; the mail goes all the same.
    /// blocks  for one write and one sync
    bool note(const GateReportEntry& entry);

private:
    GateReport(std::string path, mail::Files& files) : lines_(std::move(path), kMaxBytes, files) {}

    std::mutex mutex_;  // guards all below
    BoundedLines lines_;
    std::unordered_set<mail::SpoolId, mail::SpoolId::Hash> noted_;
};

/// For the commands: all entries that are there, oldest first; unsound lines are passed over.
/// errors  temporary: the file cannot be read
[[nodiscard]] mail::Result<std::vector<GateReportEntry>> read_gate_report(
    const mail::SpoolLayout& layout, mail::Files& files = mail::system_files());

}  // namespace postmaster
