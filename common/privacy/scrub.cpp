#include "common/privacy/scrub.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "common/privacy/ascii.h"
#include "common/privacy/catalogue.h"
#include "common/privacy/field_search.h"
#include "common/privacy/header_edits.h"
#include "common/privacy/ip_address.h"
#include "common/privacy/late_fields.h"
#include "common/privacy/message_ids.h"
#include "common/privacy/message_view.h"
#include "common/privacy/nested_traces.h"
#include "common/privacy/public_sender.h"
#include "common/privacy/signature_damage.h"

namespace mail::privacy
{
namespace
{

using Kind = ScrubAction::Kind;

constexpr const char* kNotStandard = "not on the list";
constexpr const char* kShowsOrigin = "shows the origin";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Beyond any real mail. They keep a hostile one from growing eightfold, or from taking a gigabyte.
constexpr std::size_t kMostIdBytes = 1 << 20;       // bodies of fields whose identifiers are read:
                                                    // some 20,000 identifiers
constexpr std::size_t kMostAddressBytes = 1 << 20;  // bodies of address fields that are read
constexpr std::size_t kMostSignatures = 100;        // judged in one header
constexpr std::size_t kLongestSignature = 64 << 10;

/// Does it name a type that has a mail, or the header of one, in it? A digest's parts are mails
/// without saying so (RFC 2046 5.1.5).
bool may_have_message_inside(std::string_view content)
{
    constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
        {"message", "rfc822"}, {"message", "global"},      {"message", "partial"},
        {"message", "news"},   {"text", "rfc822-headers"}, {"multipart", "digest"}};
    const auto names_one = [&](std::size_t slash) {
        return std::any_of(std::begin(kTypes), std::end(kTypes), [&](const auto& type) {
            const auto& [family, name] = type;
            return slash >= family.size() &&
                   equals_ignoring_case(content.substr(slash - family.size(), family.size()),
                                        family) &&
                   equals_ignoring_case(content.substr(slash + 1, name.size()), name);
        });
    };
    for (auto at = content.find('/'); at != content.npos; at = content.find('/', at + 1)) {
        if (names_one(at)) return true;
    }
    return false;
}

/// One scrub of one message: reads its fields once and notes what is to be done.
class Scrubber
{
public:
    Scrubber(std::string& content, const ScrubRules& rules)
        : owned_(content), content_(content), rules_(rules)
    {
        if (rules.search != nullptr && !rules.search->is_empty()) search_.emplace(*rules.search);
    }

    Scrubbed scrub()
    {
        read_nested();
        std::size_t begin = 0;
        while (begin != content_.npos) begin = read_header(begin);
        std::sort(result_.actions.begin(), result_.actions.end(),
                  [](const auto& a, const auto& b) { return a.offset < b.offset; });
        result_.content = edits_.applied_to(std::move(owned_));
        return std::move(result_);
    }

private:
    /// Notes what is to be done to the header at `begin`. Where no field of it stays (an mbox line
    /// may) and an mbox line or a byte order mark follows at once, that will be at the front and
    /// will begin another header: gives its place.
    std::size_t read_header(std::size_t begin)
    {
        const bool has_mark = content_.substr(begin).starts_with(kByteOrderMark);
        const auto first = begin + (has_mark ? kByteOrderMark.size() : 0);
        FieldReader reader(content_.substr(first));
        std::size_t fields = 0;
        std::size_t mbox_lines = 0;
        dropped_ = dropped_mbox_lines_ = 0;
        signatures_.clear();
        for (HeaderField field; reader.next(field);) {
            field.offset += first;
            if (field.offset == first) field = with_mark(field, begin);
            ++(field.name.empty() ? mbox_lines : fields);
            consider(field);
        }
        drop_broken_signatures();
        const auto end = first + reader.position();
        const auto rest = content_.substr(end);
        const bool is_mark =
            rest.starts_with(kByteOrderMark) && dropped_mbox_lines_ == mbox_lines && end > first;
        if (is_mark && dropped_ + signatures_.size() == fields) drop_signatures_over_body();
        const bool no_field_stays = dropped_ == fields;
        if (no_field_stays && (is_mark || (fields > 0 && is_mbox_line(rest)))) return end;
        if ((fields > 0 || has_mark) && !is_mbox_line(rest)) read_late_fields(end);
        return content_.npos;
    }

    /// A byte order mark goes with the field behind it.
    HeaderField with_mark(HeaderField field, std::size_t begin) const
    {
        field.raw = content_.substr(begin, field.offset + field.raw.size() - begin);
        field.offset = begin;
        return field;
    }

    void drop_signatures_over_body()
    {
        damage_.body_changed = true;
        drop_broken_signatures();
    }

    void consider(const HeaderField& field)
    {
        if (field.name.empty()) {
            const bool stays =
                shows_public_sender(field.body, rules_.origin) && !shows(field.body, Weight::hint);
            if (!stays) drop(field, "envelope");
            return;
        }
        const auto* row = find_in_catalogue(field.name);
        const bool goes = row != nullptr && row->treatment == Treatment::drop;
        if (!goes && is_beyond_standards(field.name)) {
            if (rules_.strict == StrictHeaders::enforce) return drop(field, kNotStandard);
            list(field, Kind::would_drop, kNotStandard);
        }
        if (row == nullptr) {
            drop_where_it_shows(field);
        } else if (goes) {
            drop(field, std::string(row->reason));
        } else if (row->treatment == Treatment::map_ids) {
            map_ids(field);
        } else if (row->treatment == Treatment::map_addresses) {
            map_addresses(field);
        } else {
            keep_for_judgement(field);
        }
    }

    /// Fields that no row names: `X-…` goes where it shows the origin, or a peer.
    void drop_where_it_shows(const HeaderField& field)
    {
        if (names_a_machine(field.name) && holds_ip_literal(field.body)) {
            drop(field, "client address");
        } else if (is_extension_field(field.name) &&
                   shows(without_line_end(field.raw), Weight::hint)) {
            drop(field, kShowsOrigin);
        }
    }

    bool shows(std::string_view text, Weight least)
    {
        return search_ && search_->shows(text, least);
    }

    /// Behind a malformed line some programs read on, and all show what stands there: fields that
    /// go by their names go there too. (A text without any header is left alone.)
    void read_late_fields(std::size_t begin)
    {
        const auto before = dropped_;
        LateFieldReader reader(late_header(content_.substr(begin)));
        for (HeaderField field; reader.next(field);) {
            field.offset += begin;
            const auto* row = find_in_catalogue(field.name);
            if (row == nullptr) {
                drop_where_it_shows(field);
            } else if (row->treatment == Treatment::drop) {
                drop(field, std::string(row->reason));
            }
        }
        if (dropped_ > before) drop_signatures_over_body();  // to most readers it was body
    }

    /// Trace fields of the origin in a forwarded or returned mail. They are in the body, so every
    /// signature over it goes.
    void read_nested()
    {
        if (!search_ || !may_have_message_inside(content_)) return;
        for (const auto& field : nested_traces(content_, *search_)) {
            edits_.drop(field);
            list(field, Kind::dropped, kShowsOrigin);
            nested_.push_back(field.offset);
            damage_.body_changed = true;
        }
    }

    bool is_nested_trace(const HeaderField& field) const
    {
        return std::binary_search(nested_.begin(), nested_.end(), field.offset);
    }

    /// Of no standard, and not on the operator's list: goes, or is told, with --strict-headers.
    bool is_beyond_standards(std::string_view name) const
    {
        if (rules_.strict == StrictHeaders::off || is_standard_field(name)) return false;
        return std::none_of(rules_.kept_headers.begin(), rules_.kept_headers.end(),
                            [&](const auto& kept) { return equals_ignoring_case(kept, name); });
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
        ++(field.name.empty() ? dropped_mbox_lines_ : dropped_);
        if (is_nested_trace(field)) return;  // a late field that is one, too
        edits_.drop(field);
        note(field, kind, std::move(reason));
    }

    void map_ids(const HeaderField& field)
    {
        if (rules_.message_id_key.empty()) return;
        const MessageIdMap map(rules_.message_id_key, public_domain(), rules_.origin,
                               search_ ? &*search_ : nullptr);
        const auto cost = map.cost_of(field.body);
        if (cost > kMostIdBytes - id_cost_) return drop(field, "too many identifiers to read");
        id_cost_ += cost;
        auto body = map.rewritten(field.body);
        if (drops_extension(field, body)) return;
        if (!body) return;
        edits_.replace_body(field, *std::move(body));
        note(field, Kind::rewritten, "identifier shows the origin");
    }

    /// An `X-…` field that shows the origin as it would leave.
    bool drops_extension(const HeaderField& field, const std::optional<std::string>& body)
    {
        if (!is_extension_field(field.name)) return false;
        if (!shows(body ? *body : field.body, Weight::hint)) return false;
        drop(field, kShowsOrigin);
        return true;
    }

    void map_addresses(const HeaderField& field)
    {
        const bool is_too_much = field.body.size() > kMostAddressBytes - address_bytes_;
        if (rules_.senders.is_empty() || is_too_much) {
            if (drops_extension(field, std::nullopt) || rules_.senders.is_empty()) return;
            result_.incomplete = "over 1 MiB of addresses";
            return;
        }
        address_bytes_ += field.body.size();
        auto body = rules_.senders.rewritten(field.body);
        if (drops_extension(field, body)) return;
        if (!body) return;
        edits_.replace_body(field, *std::move(body));
        note(field, Kind::rewritten, "address on the map");
    }

    const std::string& public_domain()
    {
        if (!rules_.public_domain.empty()) return rules_.public_domain;
        if (domain_.empty()) domain_ = domain_of_from(content_, rules_.origin, rules_.senders);
        return domain_;
    }

    void note(const HeaderField& field, Kind kind, std::string reason)
    {
        if (last_changed_ != field.name || damage_.changed_names.empty())
            damage_.changed_names.insert(lowered(field.name));
        last_changed_ = field.name;
        list(field, kind, std::move(reason));
    }

    void list(const HeaderField& field, Kind kind, std::string reason)
    {
        const bool is_change = kind != Kind::would_drop;
        ++(is_change ? result_.changes : would_drop_);
        if ((is_change ? result_.changes : would_drop_) > kMostActions) {
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
        for (bool found = !signatures_.empty(); found;) {
            std::vector<HeaderField> sound;
            for (const auto& signature : signatures_) {
                auto reason = broken_by(signature, damage_, search_ ? &*search_ : nullptr);
                if (reason.empty()) {
                    sound.push_back(signature);
                } else {
                    drop(signature, std::move(reason), Kind::signature_dropped);
                }
            }
            found = sound.size() < signatures_.size() && !sound.empty();
            signatures_ = std::move(sound);
        }
    }

    std::string& owned_;
    const std::string_view content_;  // the same, until all has been read
    const ScrubRules& rules_;
    std::optional<FieldSearch> search_;
    std::string domain_;
    std::size_t id_cost_ = 0;        // of field bodies, as they stood
    std::size_t address_bytes_ = 0;  // likewise
    HeaderEdits edits_;
    Scrubbed result_;
    SignatureDamage damage_;           // to all headers that are read as one
    std::string_view last_changed_;    // a name that is among those of the damage
    std::vector<std::size_t> nested_;  // offsets of fields that went from mails inside, in order
    std::size_t would_drop_ = 0;       // listed or not
    std::size_t dropped_ = 0;          // fields of the header being read
    std::size_t dropped_mbox_lines_ = 0;
    std::vector<HeaderField> signatures_;  // of that header, those that stay
};

}  // namespace

Scrubbed scrub(std::string content, const ScrubRules& rules)
{
    return Scrubber(content, rules).scrub();
}

}  // namespace mail::privacy
