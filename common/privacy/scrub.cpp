#include "common/privacy/scrub.h"

#include <algorithm>
#include <set>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/catalogue.h"
#include "common/privacy/dkim_signature.h"
#include "common/privacy/header_edits.h"
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

constexpr std::string_view kMboxMark = "From ";

// Beyond any real mail. They keep a hostile one from growing eightfold, or from taking a gigabyte.
constexpr std::size_t kMostMappedBytes = 1 << 20;  // bodies of fields whose identifiers are mapped
constexpr std::size_t kMostSignatures = 100;       // judged in one header
constexpr std::size_t kLongestSignature = 64 << 10;

bool may_show(std::string_view domain, const OriginValues& origin)
{
    return is_public_name(domain) && !origin.matches_host(domain);
}

bool is_ascii_host(std::string_view host)
{
    return std::all_of(host.begin(), host.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '.'; });
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
        auto domain = lowered(rest.substr(0, rest.find_first_of("> \t\r\n,;()\"")));
        if (is_ascii_host(domain) && may_show(domain, origin)) return domain;
    }
    return std::string(kNobodysDomain);
}

/// Has a mbox line (`From ann@shop.example Fri Nov 20 …`) a sender that may be seen?
bool shows_public_sender(std::string_view mbox_line, const OriginValues& origin)
{
    const auto rest = without_quote_marks(mbox_line).substr(kMboxMark.size());
    const auto sender = rest.substr(0, rest.find(' '));
    const auto at = sender.rfind('@');
    return at != sender.npos && may_show(sender.substr(at + 1), origin);
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
        while (begin != content_.npos) begin = read_header(begin);
        std::sort(result_.actions.begin(), result_.actions.end(),
                  [](const auto& a, const auto& b) { return a.offset < b.offset; });
        result_.content = edits_.applied_to(content_);
        return std::move(result_);
    }

private:
    /// Notes what is to be done to the header at `begin`. Where no field of it stays (an mbox line
    /// may) and an mbox line follows at once, that line will be at the front and will begin another
    /// header: gives its place.
    std::size_t read_header(std::size_t begin)
    {
        FieldReader reader(content_.substr(begin));
        std::size_t fields = 0;
        dropped_ = 0;
        for (HeaderField field; reader.next(field);) {
            field.offset += begin;
            if (!field.name.empty()) ++fields;
            consider(field);
        }
        drop_broken_signatures();
        const auto end = begin + reader.position();
        const bool goes_on = fields > 0 && dropped_ == fields && is_mbox_line(content_.substr(end));
        return goes_on ? end : content_.npos;
    }

    void consider(const HeaderField& field)
    {
        if (field.name.empty()) {
            if (!shows_public_sender(field.body, rules_.origin)) drop(field, "envelope");
            return;
        }
        const auto* row = find_in_catalogue(field.name);
        if (row == nullptr) {
            const bool shows_peer = names_a_machine(field.name) && holds_ip_literal(field.body);
            if (shows_peer) drop(field, "client address");
        } else if (row->treatment == Treatment::drop) {
            drop(field, std::string(row->reason));
        } else if (row->treatment == Treatment::map_ids) {
            map_ids(field);
        } else {
            keep_for_judgement(field);
        }
    }

    void keep_for_judgement(const HeaderField& signature)
    {
        if (signature.raw.size() > kLongestSignature) {
            drop(signature, "too long to be judged", Kind::signature_dropped);
        } else if (signatures_.size() == kMostSignatures) {
            drop(signature, "one signature too many", Kind::signature_dropped);
        } else {
            signatures_.push_back(signature);
        }
    }

    void drop(const HeaderField& field, std::string reason, Kind kind = Kind::dropped)
    {
        if (!field.name.empty()) ++dropped_;
        edits_.drop(field);
        note(field, kind, std::move(reason));
    }

    void map_ids(const HeaderField& field)
    {
        if (rules_.message_id_key.empty()) return;
        const MessageIdMap map(rules_.message_id_key, public_domain(), rules_.origin);
        if (mapped_bytes_ + field.body.size() > kMostMappedBytes) {
            if (map.shows_origin_in(field.body)) drop(field, "too many identifiers to map");
            return;
        }
        auto body = map.rewritten(field.body);
        if (!body) return;
        mapped_bytes_ += field.body.size();
        edits_.replace_body(field, *std::move(body));
        note(field, Kind::rewritten, "identifier shows the origin");
    }

    const std::string& public_domain()
    {
        if (!rules_.public_domain.empty()) return rules_.public_domain;
        if (domain_.empty()) domain_ = domain_of_from(content_, rules_.origin);
        return domain_;
    }

    void note(const HeaderField& field, Kind kind, std::string reason)
    {
        if (changed_names_.empty() || changed_names_.back() != field.name)
            changed_names_.push_back(field.name);
        if (result_.actions.size() == kMostActions) {
            ++result_.more_actions;
            return;
        }
        result_.actions.push_back({kind, std::string(field.name), field.offset, std::move(reason),
                                   std::string(without_line_end(field.raw))});
    }

    /// A signature over a field that was changed does not hold any more (RFC 6376 6.1), and its
    /// copy of one would show what was dropped. A dropped signature may itself be signed by another
    /// one, hence the rounds: there are two names for signatures, so three rounds at most.
    void drop_broken_signatures()
    {
        auto waiting = std::exchange(signatures_, {});
        for (bool found = !waiting.empty(); found;) {
            std::set<std::string> changed;
            for (const auto name : changed_names_) changed.insert(lowered(name));
            std::vector<HeaderField> sound;
            for (const auto& signature : waiting) {
                auto reason = broken_by(signature, changed);
                if (reason.empty()) {
                    sound.push_back(signature);
                } else {
                    drop(signature, std::move(reason), Kind::signature_dropped);
                }
            }
            found = sound.size() < waiting.size() && !sound.empty();
            waiting = std::move(sound);
        }
    }

    static std::string broken_by(const HeaderField& signature, const std::set<std::string>& changed)
    {
        const auto tags = parse_signature(signature.body);
        for (const auto& name : tags.signed_names) {
            if (changed.contains(name)) return "breaks with " + name;
        }
        if (!tags.has_h && !changed.empty() &&
            equals_ignoring_case(signature.name, "DomainKey-Signature")) {
            return "breaks with " + *changed.begin();  // it signs all that follows (RFC 4870 3.4.1)
        }
        for (const auto& name : tags.copied_names) {
            const auto* row = find_in_catalogue(name);
            const bool is_dropped = row != nullptr && row->treatment == Treatment::drop;
            if (is_dropped || changed.contains(name)) return "copies " + name;
        }
        return {};
    }

    std::string_view content_;
    const ScrubRules& rules_;
    std::string domain_;
    std::size_t mapped_bytes_ = 0;  // of field bodies, as they stood
    HeaderEdits edits_;
    Scrubbed result_;
    std::size_t dropped_ = 0;                      // named fields of the header being read
    std::vector<HeaderField> signatures_;          // those not yet judged
    std::vector<std::string_view> changed_names_;  // as they stood
};

}  // namespace

Scrubbed scrub(std::string_view content, const ScrubRules& rules)
{
    return Scrubber(content, rules).scrub();
}

}  // namespace mail::privacy
