#include <algorithm>

#include "common/privacy/catalogue.h"
#include "common/privacy/mailbox_reader.h"
#include "common/privacy/message_view.h"
#include "postmaster/gate_report.h"

namespace postmaster
{

using mail::SpoolId;
using mail::privacy::Finding;
using mail::privacy::Inspection;
using mail::privacy::OriginSearch;
using mail::privacy::OriginValue;
using mail::privacy::Region;

namespace
{

std::string cut(std::string_view text)
{
    return std::string(text.substr(0, kLongestReported));
}

/// As --origin takes it.
std::string option_of(const OriginValue& value)
{
    using Kind = OriginValue::Kind;
    switch (value.kind) {
        case Kind::user:
            return "user:" + value.value;
        case Kind::text:
            return "text:" + value.value;
        case Kind::host:
            return (value.value.find('.') == value.value.npos ? "host:" : "") + value.value;
        case Kind::path:
            return (value.value.starts_with('/') ? "" : "path:") + value.value;
        default:
            return value.value;
    }
}

bool is_sender_field(std::string_view name)
{
    const auto* row = mail::privacy::find_in_catalogue(name);
    return row != nullptr && row->treatment == mail::privacy::Treatment::map_addresses;
}

/// A line for the sender helps against it.
bool is_in_sender(const Finding& finding, bool sender_shows)
{
    if (finding.place.region == Region::envelope) return sender_shows;
    return finding.place.region == Region::header && is_sender_field(finding.place.header);
}

std::string place_of(const Finding& finding)
{
    switch (finding.place.region) {
        case Region::envelope:
            return "envelope";
        case Region::header:
            return cut(finding.place.header);
        case Region::attachment:
            return "attachment";
        default:
            return "text";
    }
}

class EntryMaker
{
public:
    EntryMaker(GateReportEntry& entry, const OriginSearch& search) : entry_(entry), search_(search)
    {
    }

    void add_sender(const std::string& address)
    {
        if (address.empty() || search_.find(address, Region::envelope).empty()) return;
        const std::string local = address.substr(0, address.rfind('@'));
        add(entry_.addresses, {cut(address), !search_.find(local, Region::envelope).empty()});
    }
    void add_value(const Finding& finding)
    {
        add(entry_.values,
            {cut(option_of(finding.value)), place_of(finding), finding.value.learned});
    }

private:
    template <class T>
    static void add(std::vector<T>& list, T one)
    {
        if (list.size() == kMostReported) return;
        if (std::find(list.begin(), list.end(), one) == list.end()) list.push_back(std::move(one));
    }

    GateReportEntry& entry_;
    const OriginSearch& search_;
};

/// The senders that the fields name.
void add_senders(EntryMaker& maker, std::string_view content)
{
    mail::privacy::FieldReader reader(content);
    for (mail::privacy::HeaderField field; reader.next(field);) {
        if (!is_sender_field(field.name)) continue;
        for (const auto& mailbox : mail::privacy::read_mailboxes(field.body))
            maker.add_sender(mailbox.text());
    }
}

}  // namespace

std::optional<GateReportEntry> entry_of(const SpoolId& id, std::string time,
                                        const Inspection& inspection, const OriginSearch& search)
{
    GateReportEntry entry;
    entry.id = id;
    entry.time = std::move(time);
    entry.is_held = inspection.verdict == Inspection::Verdict::held;
    entry.reason = cut(inspection.reason.empty() ? inspection.unknown : inspection.reason);
    if (!entry.is_held && inspection.findings.empty() && inspection.unknown.empty())
        return std::nullopt;
    EntryMaker maker(entry, search);
    maker.add_sender(inspection.envelope.reverse_path);
    const bool sender_shows = !entry.addresses.empty();
    add_senders(maker, inspection.content);
    for (const Finding& finding : inspection.findings)
        if (!is_in_sender(finding, sender_shows)) maker.add_value(finding);
    return entry;
}

}  // namespace postmaster
