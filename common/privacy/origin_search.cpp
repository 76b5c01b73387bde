#include "common/privacy/origin_search.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "common/privacy/octet_masks.h"
#include "common/privacy/origin_engine.h"

namespace mail::privacy
{
namespace
{

/// Octets scanned at a time; they stay in the processor's nearest caches.
constexpr std::size_t kBlock = 24 * 1024;
static_assert(kBlock % LiteralIndex::kStepsUnit == 0);
/// What stands before the first octet of a stream.
constexpr std::size_t kFront = kOctets;
/// Zeros behind the last one.
constexpr std::size_t kBehind = 2 * kMarkBlock + kOctets;
constexpr unsigned kMostHits = 4;  // of a value in a form, in one stream

auto order_of(const OriginHit& hit)
{
    return std::tuple(hit.begin, hit.value, hit.form, hit.end);
}

}  // namespace

std::string_view form_name(Form form) noexcept
{
    constexpr std::array<std::string_view, kForms> kNames = {
        "plain",     "zero-padded", "integer",      "hexadecimal", "octal",
        "full IPv6", "mapped IPv6", "reverse name", "dashed",      "short name",
        "punycode",  "Unicode",     "base64"};
    return kNames.at(static_cast<std::size_t>(form));
}

OriginSearch::OriginSearch(OriginValues values, FormSet forms)
    : engine_(std::make_unique<const Engine>(std::move(values), forms))
{
}
OriginSearch::~OriginSearch() = default;

const OriginValues& OriginSearch::values() const
{
    return engine_->values;
}

std::vector<SearchedForm> OriginSearch::forms_of(std::size_t value) const
{
    return searched_forms(engine_->values.all().at(value), engine_->forms);
}

std::vector<OriginHit> OriginSearch::find(std::string_view text, Region region) const
{
    std::vector<OriginHit> hits;
    OriginScan scan(*this);
    scan.begin(region);
    scan.feed(text, hits);
    scan.end(hits);
    return hits;
}

/// The stream goes through a buffer: what was scanned last stays for its context, then what is
/// still to be scanned. A block is scanned when all that follows it within the context is there, so
/// the cuts of the pieces are never seen.
struct OriginScan::State {
    explicit State(const OriginSearch::Engine& of)
        : engine(of),
          context(of.context() / kOctets * kOctets + kOctets),
          capacity(context + kBlock + context),
          text(new char[capacity + kBehind]),
          folded(new char[capacity + kBehind])
    {
    }

    void begin(Region of, Contents contents)
    {
        region = of;
        is_binary = contents == Contents::octets || of == Region::attachment;
        std::memset(text.get(), '\n', kFront);
        size = kFront;
        next = 0;
        origin = std::uint64_t{0} - kFront;
        scratch.reader.begin();
        told.clear();
    }

    void append(std::string_view octets, std::vector<OriginHit>& hits)
    {
        while (!octets.empty()) {
            const auto taken = std::min(octets.size(), capacity - size);
            std::memcpy(text.get() + size, octets.data(), taken);
            size += taken;
            octets.remove_prefix(taken);
            if (size == capacity) scan_block(hits);
        }
    }

    void scan_block(std::vector<OriginHit>& hits)
    {
        const auto end = size - context;
        const auto to = next + (end - next) / LiteralIndex::kStepsUnit * LiteralIndex::kStepsUnit;
        scan(to, hits);
        const auto kept = to - std::min(to, context);
        size -= kept;
        next = to - kept;
        origin += kept;
        std::memmove(text.get(), text.get() + kept, size);
    }

    void scan(std::size_t to, std::vector<OriginHit>& hits)
    {
        std::memset(text.get() + size, 0, kBehind);
        LiteralIndex::fold(text.get(), size + kOctets, folded.get());
        found.clear();
        engine.search({{text.get(), size}, folded.get(), origin, region, is_binary}, next, to,
                      scratch, found);
        if (!found.empty()) tell(hits);
    }

    void tell(std::vector<OriginHit>& hits)
    {
        std::sort(found.begin(), found.end(),
                  [](const auto& a, const auto& b) { return order_of(a) < order_of(b); });
        const OriginHit* last = nullptr;
        for (const auto& hit : found) {
            const bool is_of_last =  // the short name in the name itself
                last != nullptr && hit.form == Form::short_name && hit.value == last->value &&
                hit.begin == last->begin;
            last = &hit;
            if (is_of_last) continue;
            auto& before = told[hit.value * kForms + static_cast<std::size_t>(hit.form)];
            const bool is_told = before.hits > 0 && hit.begin <= before.begin;
            if (is_told || before.hits == kMostHits) continue;
            ++before.hits;
            before.begin = hit.begin;
            hits.push_back(hit);
        }
    }

    /// Of a value in a form, in this stream.
    struct Told {
        unsigned hits = 0;
        std::uint64_t begin = 0;  // of the last
    };

    const OriginSearch::Engine& engine;
    const std::size_t context;
    const std::size_t capacity;
    std::unique_ptr<char[]> text;
    std::unique_ptr<char[]> folded;
    std::size_t size = 0;
    std::size_t next = 0;      // the first octet not yet scanned
    std::uint64_t origin = 0;  // of text[0] in the stream
    Region region = Region::text;
    bool is_binary = false;
    OriginSearch::Engine::Scratch scratch;
    std::vector<OriginHit> found;
    std::unordered_map<std::size_t, Told> told;
};

OriginScan::OriginScan(const OriginSearch& search)
    : state_(std::make_unique<State>(*search.engine_))
{
}
OriginScan::~OriginScan() = default;

void OriginScan::begin(Region region, Contents contents)
{
    state_->begin(region, contents);
}

void OriginScan::feed(std::string_view octets, std::vector<OriginHit>& hits)
{
    state_->append(octets, hits);
}

void OriginScan::end(std::vector<OriginHit>& hits)
{
    state_->scan(state_->size, hits);
}

}  // namespace mail::privacy
