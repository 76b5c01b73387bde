/// The inspection: what may leave of one mail. Scrub, then the gate; the one place where it is
/// decided whether a mail is clean, cleaned or held. Pure.
///
/// postmaster runs it at hand-out; `postmaster check` and `queue show` show it to people.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/envelope.h"
#include "common/privacy/origin_search.h"
#include "common/privacy/scrub.h"
#include "common/privacy/streams.h"

namespace mail::privacy
{

/// What the operator wants of mail that cannot be read to its end.
enum class OnUnknown { hold, warn };

/// One value of the origin that is still there after the scrub.
struct Finding {
    enum class Effect {
        holds,  // the mail is held for it
        warns,  // told, and the mail goes: a learned value in an attachment
    };
    Effect effect = Effect::holds;
    OriginValue value;
    Form form = Form::plain;
    Place place;
    std::uint64_t offset = 0;  // in the stream of `place`; raw: in the message, place.offset added
    std::string excerpt;       // around it as decoded, valid UTF-8 without control characters
};

/// Of a mail with more findings than this, the rest is counted but not listed.
inline constexpr std::size_t kMostFindings = 100;

struct InspectionRules {
    ScrubRules scrub;
    /// Made from scrub.origin; shared, since it is costly to make.
    std::shared_ptr<const OriginSearch> search;
    StreamLimits limits;
    StreamSet streams = all_streams();
    OnUnknown on_unknown = OnUnknown::hold;  // counts only where the operator named a value
};

struct Inspection {
    enum class Verdict { clean, cleaned, held };
    Verdict verdict = Verdict::clean;
    Envelope envelope;                 // the reverse-path mapped
    std::string content;               // scrubbed; of a held mail too
    std::vector<ScrubAction> actions;  // what the scrub did
    std::size_t more_actions = 0;      // not listed
    std::size_t changes = 0;           // by all of them; 0: content is as given
    std::vector<Finding> findings;     // in the order of place
    std::size_t more_findings = 0;
    std::string unknown;  // why the mail could not be read to its end; empty: it was
    std::string reason;   // held: one line for the log and the queue, "web1.internal in Subject"
};

/// content  CRLF line ends; moved in, a large mail is in memory once
/// blocks   for nothing; at most about 2 s of CPU and 100 MB beside the content
[[nodiscard]] Inspection inspect(std::string content, const Envelope& envelope,
                                 const InspectionRules& rules);

}  // namespace mail::privacy
