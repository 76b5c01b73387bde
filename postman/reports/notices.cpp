#include "postman/reports/notices.h"

#include "common/log.h"
#include "common/spool/directory_hand_out.h"
#include "common/spool/spool_directory.h"
#include "common/spool/whole_file.h"
#include "common/submission.h"
#include "postman/courier.h"
#include "postman/ledger.h"
#include "postman/local_postmaster.h"
#include "postman/noted_leases.h"
#include "postman/outcome_report.h"

namespace postman
{
namespace
{

namespace log = mail::log;
using mail::Done;
using mail::Result;

mail::SpoolId id_from(const std::string& text)
{
    return *mail::SpoolId::parse(mail::sha256_hex(text).substr(0, 32));
}

}  // namespace

Notices::Notices(NoticeRules rules, const std::string& state, CarryRules carry_rules,
                 mail::Files& files, const mail::Clock& clock)
    : rules_(std::move(rules)),
      layout_(state + "/notices"),
      carry_rules_(std::move(carry_rules)),
      files_(files),
      clock_(clock),
      log_(layout_.root(), files, clock)
{
}

Result<Done> Notices::prepare()
{
    if (auto ok = files_.make_dir(layout_.root()); !ok) return ok;
    for (const std::string& directory : layout_.directories())
        if (auto ok = files_.make_dir(directory); !ok) return ok;
    return Done{};
}

void Notices::failed(const FailedMail& mail, const mail::Outcome& outcome)
{
    if (!rules_.report_to.empty()) note(mail, outcome);
    const bool is_final = outcome.kind == mail::OutcomeKind::failed;
    if (is_final && may_report_to_sender(mail, rules_.dsn_domains)) report(mail, outcome);
}

void Notices::note(const FailedMail& mail, const mail::Outcome& outcome)
{
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch());
    std::vector<FailureEntry> entries;
    for (const std::string& recipient : outcome.recipients)
        entries.push_back({now.count(), mail.id.hex(), name_of(outcome.kind), recipient,
                           outcome.reason, message_id_of(mail.header)});
    if (const auto ok = log_.add(entries); !ok)
        log::error("failure-not-kept", {{"id", mail.id.hex()}, {"reason", ok.error().describe()}});
}

/// The same failure told again becomes the same file, and the ledger knows what was sent.
void Notices::report(const FailedMail& mail, const mail::Outcome& outcome)
{
    std::string text = "report " + mail.id.hex();
    for (const std::string& recipient : outcome.recipients) text += "\n" + recipient;
    const mail::SpoolId id = id_from(text);
    if (const auto ok = put(id, mail.sender, delivery_report(mail, outcome, names(id))); !ok) {
        log::error("report-not-kept", {{"id", mail.id.hex()}, {"reason", ok.error().describe()}});
        return;
    }
    log::info("report-written", {{"id", mail.id.hex()}, {"report", id.hex()}, {"to", mail.sender}});
}

NoticeNames Notices::names(const mail::SpoolId& id) const
{
    return {rules_.courier, mail::rfc5322_date(clock_.wall()), id.hex()};
}

Result<Done> Notices::put(const mail::SpoolId& id, const std::string& to, std::string content)
{
    mail::Record record;
    record.id = id;
    record.envelope.recipients = {to};
    record.subject = "notice";
    record.timestamp = mail::record_timestamp(clock_.wall());
    record.sha256 = mail::sha256_hex(content);
    record.content = std::move(content);
    const auto json = mail::encode_record(record);
    if (!json) return json.error();
    if (auto ok = mail::write_whole_file(files_, layout_.incoming(id), layout_.message({id, false}),
                                         *json);
        !ok)
        return ok;
    return files_.sync_dir(layout_.messages_dir());
}

/// A summary that the gate held would tell the operator nothing: what shows the origin is left out.
FailureEntry Notices::shown(FailureEntry entry) const
{
    if (!carry_rules_.gate) return entry;
    const auto& search = *carry_rules_.gate->search;
    for (std::string* text : {&entry.recipient, &entry.reason, &entry.message_id})
        if (!search.find(*text, mail::privacy::Region::header).empty())
            *text = "(shows the origin: see the log)";
    return entry;
}

Result<Done> Notices::summarize()
{
    if (rules_.report_to.empty()) return Done{};
    auto due = log_.due(rules_.report_every);
    if (!due) return std::move(due).error();
    if (!*due) return Done{};
    std::vector<FailureEntry> entries;
    for (FailureEntry& entry : (*due)->entries) entries.push_back(shown(std::move(entry)));
    const mail::SpoolId id = id_from("summary " + (*due)->text);
    if (!entries.empty())
        if (auto ok = put(id, rules_.report_to, summary_mail(entries, rules_.report_to, names(id)));
            !ok)
            return ok;
    return log_.sent();
}

Result<bool> Notices::has_mail()
{
    bool is_there = false;
    const auto listed =
        files_.list(layout_.messages_dir(), [&](std::string_view) { is_there = true; });
    if (!listed) return listed.error();
    return is_there;
}

void Notices::send(DeliveryBackend& backend, std::stop_token stop)
{
    const std::scoped_lock lock(sending_);
    if (const auto ok = summarize(); !ok)
        log::error("summary-not-written", {{"reason", ok.error().describe()}});
    const auto waits = has_mail();
    if (!waits || !*waits || stop.stop_requested()) return;
    const auto hand_out = mail::DirectoryHandOut::open(
        {.root = layout_.root(), .unsafe_spool = true, .is_watched = false});
    if (!hand_out) {
        log::error("notices-not-sent", {{"reason", hand_out.error().describe()}});
        return;
    }
    LocalPostmaster local("notices", **hand_out);
    NotedLeases postmaster(local, layout_.root() + "/lease", files_);
    Ledger ledger(layout_.root(), 2 * carry_rules_.lifetime, files_, clock_);
    Pace pace(0, 0);
    WayOut way_out{.backend = backend,
                   .ledger = ledger,
                   .pace = pace,
                   .clock = clock_,
                   .chance = system_chance(),
                   .rules = carry_rules_,
                   .jobs = 1};
    static_cast<void>(Courier(postmaster, way_out).run(std::chrono::seconds(0), stop));
}

}  // namespace postman
