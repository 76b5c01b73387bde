#include "common/privacy/scrub.h"

#include <algorithm>
#include <set>

#include "common/privacy/ascii.h"
#include "common/privacy/catalogue.h"
#include "common/privacy/dkim_signature.h"
#include "common/privacy/ip_address.h"
#include "common/privacy/message_ids.h"
#include "common/privacy/message_view.h"

namespace mail::privacy
{
namespace
{

using Kind = ScrubAction::Kind;

// RFC 2606 reserves it: nobody has it, and it says nothing of anybody.
constexpr std::string_view kNobodysDomain = "id.example";

struct Edit {
    HeaderField field;
    Kind kind = Kind::dropped;
    std::string reason;
    std::string replacement;  // of the field's body, where the kind is `rewritten`
};

std::string_view without_last_line_end(std::string_view raw)
{
    if (raw.ends_with('\n')) raw.remove_suffix(1);
    if (raw.ends_with('\r')) raw.remove_suffix(1);
    return raw;
}

/// Right side of a mapped id where the operator named none: the domain of From.
std::string domain_of_from(std::string_view content, const OriginValues& origin)
{
    FieldReader reader(content);
    for (HeaderField field; reader.next(field);) {
        if (!equals_ignoring_case(field.name, "From")) continue;
        const auto at = field.body.rfind('@');
        if (at == field.body.npos) continue;
        const auto rest = field.body.substr(at + 1);
        const auto domain = lowered(rest.substr(0, rest.find_first_of("> \t\r\n,;()\"")));
        if (is_public_name(domain) && !origin.matches_host(domain)) return domain;
    }
    return std::string(kNobodysDomain);
}

/// One scrub of one message: reads its fields once and notes what is to be done.
class Scrubber
{
public:
    Scrubber(std::string_view content, const ScrubRules& rules) : content_(content), rules_(rules)
    {
    }

    Scrubbed scrub()
    {
        std::size_t begin = 0;
        do {
            begin = read_header(begin);
        } while (begin != content_.npos);
        return assembled();
    }

private:
    /// Notes the edits of the header at `begin`. Where all its fields go and an mbox line follows,
    /// that line will be the first and begin another header: its place; else npos.
    std::size_t read_header(std::size_t begin)
    {
        FieldReader reader(content_.substr(begin));
        const auto edits_before = edits_.size();
        std::size_t fields = 0;
        for (HeaderField field; reader.next(field); ++fields) {
            field.offset += begin;
            consider(field);
        }
        drop_broken_signatures();
        const bool all_gone =
            static_cast<std::size_t>(std::count_if(
                edits_.begin() + static_cast<std::ptrdiff_t>(edits_before), edits_.end(),
                [](const Edit& e) { return e.kind != Kind::rewritten; })) == fields;
        const auto end = begin + reader.position();
        return fields > 0 && all_gone && content_.substr(end).starts_with("From ") ? end
                                                                                   : content_.npos;
    }

    void consider(const HeaderField& field)
    {
        if (field.name.empty()) return consider_mbox_line(field);
        const auto* row = find_in_catalogue(field.name);
        if (row == nullptr) {
            if (names_a_machine(field.name) && holds_ip_literal(field.body)) {
                note({field, Kind::dropped, "client address", {}});
            }
            return;
        }
        switch (row->treatment) {
            case Treatment::drop:
                return note({field, Kind::dropped, std::string(row->reason), {}});
            case Treatment::map_ids:
                return consider_ids(field);
            case Treatment::signature:
                signatures_.push_back(field);
        }
    }

    /// `From www-data@web1 Fri Nov 20 …`: stays where it names a public host.
    void consider_mbox_line(const HeaderField& field)
    {
        const auto rest = field.body.substr(std::min<std::size_t>(5, field.body.size()));
        const auto sender = rest.substr(0, rest.find(' '));
        const auto at = sender.rfind('@');
        const auto domain = at == sender.npos ? std::string_view() : sender.substr(at + 1);
        if (is_public_name(domain) && !rules_.origin.matches_host(domain)) return;
        note({field, Kind::dropped, "envelope", {}});
    }

    void consider_ids(const HeaderField& field)
    {
        if (rules_.message_id_key.empty()) return;
        const MessageIdMap map(rules_.message_id_key, public_domain(), rules_.origin);
        if (auto body = map.rewritten(field.body)) {
            note({field, Kind::rewritten, "identifier shows the origin", *std::move(body)});
        }
    }

    const std::string& public_domain()
    {
        if (!rules_.public_domain.empty()) return rules_.public_domain;
        if (domain_.empty()) domain_ = domain_of_from(content_, rules_.origin);
        return domain_;
    }

    void note(Edit edit)
    {
        changed_names_.insert(lowered(edit.field.name));
        edits_.push_back(std::move(edit));
    }

    /// A signature over a field that was changed does not hold any more, and its copy of one would
    /// show what was dropped. A dropped signature may itself be signed by another one.
    void drop_broken_signatures()
    {
        for (bool found = true; found;) {
            found = false;
            for (auto& field : signatures_) {
                const auto culprit = field.raw.empty() ? std::string() : broken_by(field);
                if (culprit.empty()) continue;
                note({field, Kind::signature_dropped, culprit, {}});
                field.raw = {};
                found = true;
            }
        }
        signatures_.clear();
        std::sort(edits_.begin(), edits_.end(),
                  [](const Edit& a, const Edit& b) { return a.field.offset < b.field.offset; });
    }

    std::string broken_by(const HeaderField& signature) const
    {
        const auto tags = parse_signature(signature.body);
        for (const auto& name : tags.signed_names) {
            if (changed_names_.contains(name)) return "breaks with " + name;
        }
        for (const auto& name : tags.copied_names) {
            const auto* row = find_in_catalogue(name);
            const bool is_dropped = row != nullptr && row->treatment == Treatment::drop;
            if (is_dropped || changed_names_.contains(name)) return "copies " + name;
        }
        return {};
    }

    Scrubbed assembled() const
    {
        Scrubbed result;
        result.content.reserve(content_.size());
        std::size_t copied = 0;
        for (const auto& edit : edits_) {
            result.content.append(content_.substr(copied, edit.field.offset - copied));
            copied = edit.field.offset + edit.field.raw.size();
            if (edit.kind == Kind::rewritten) append_rewritten(result.content, edit);
            result.actions.push_back({edit.kind, std::string(edit.field.name), edit.field.offset,
                                      edit.reason,
                                      std::string(without_last_line_end(edit.field.raw))});
        }
        result.content.append(content_.substr(copied));
        return result;
    }

    static void append_rewritten(std::string& content, const Edit& edit)
    {
        const auto& raw = edit.field.raw;
        const auto body = static_cast<std::size_t>(edit.field.body.data() - raw.data());
        content.append(raw.substr(0, body)).append(edit.replacement);
        content.append(raw.substr(body + edit.field.body.size()));
    }

    std::string_view content_;
    const ScrubRules& rules_;
    std::string domain_;
    std::vector<Edit> edits_;
    std::vector<HeaderField> signatures_;
    std::set<std::string> changed_names_;
};

}  // namespace

Scrubbed scrub(std::string_view content, const ScrubRules& rules)
{
    return Scrubber(content, rules).scrub();
}

}  // namespace mail::privacy
