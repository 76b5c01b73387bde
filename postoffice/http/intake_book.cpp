#include "postoffice/http/intake_book.h"

#include <algorithm>

#include "common/spool/record.h"

namespace postoffice::http
{
namespace
{

using mail::Done;
using mail::Result;

constexpr mail::JournalSizes kSizes{.reserve_bytes = 256 * 1024, .checkpoint_bytes = 4 << 20};
constexpr std::size_t kPayloadBytes = 64 * 1024;  // of a line in a checkpoint

/// A request is taken from kClockSlack before its time to kClockSlack after it.
constexpr std::int64_t kNoncesKept = 2 * IntakeBook::kClockSlack.count() + 1;
constexpr std::int64_t kAnswersKeptSeconds = std::chrono::seconds(IntakeBook::kAnswersKept).count();

/// A line of the checkpoint is over when it is long enough.
void add_to(std::vector<std::string>& payloads, const BookEntry& entry)
{
    if (payloads.empty() || payloads.back().size() > kPayloadBytes) payloads.emplace_back();
    append_entry(payloads.back(), entry);
}

}  // namespace

IntakeBook::IntakeBook(const mail::SpoolLayout& layout, mail::Files& files,
                       const mail::Clock& clock, BookLimits limits)
    : clock_(clock),
      started_(clock.wall()),
      started_boot_(clock.boot()),
      limits_(limits),
      journal_(
          {layout.http_intake(0), layout.http_intake(1)}, files, [this] { return snapshot(); },
          kSizes),
      together_([this] { return append_pending(); })
{
}

Result<std::unique_ptr<IntakeBook>> IntakeBook::open(const mail::SpoolLayout& layout,
                                                     mail::Files& files, const mail::Clock& clock,
                                                     BookLimits limits)
{
    std::unique_ptr<IntakeBook> book(new IntakeBook(layout, files, clock, limits));
    const auto replay = [&book](std::string_view payload) {
        for (const BookEntry& entry : parse_entries(payload)) book->load(entry);
    };
    if (auto ok = book->journal_.open(replay); !ok) return std::move(ok).error();
    return book;
}

std::int64_t IntakeBook::now() const
{
    const mail::WallTime steady = started_ + (clock_.boot() - started_boot_);
    return std::chrono::duration_cast<std::chrono::seconds>(steady.time_since_epoch()).count();
}

/// Never for longer than from now on: the clock may have been ahead when it was written.
void IntakeBook::load(const BookEntry& entry)
{
    const std::int64_t time = now();
    if (const auto* used = std::get_if<UsedNonce>(&entry)) {
        const auto expires = std::min(used->expires, time + kNoncesKept);
        if (expires > time && nonces_.find(used->nonce) == nullptr)
            nonces_.insert(used->nonce, expires, {true});
        return;
    }
    const auto& kept = std::get<KeptAnswer>(entry);
    const auto expires = std::min(kept.expires, time + kAnswersKeptSeconds);
    if (expires > time && answers_.find(kept.key) == nullptr)
        answers_.insert(kept.key, expires, {kept.digest, kept.id});
}

std::vector<std::string> IntakeBook::snapshot() const
{
    const std::lock_guard lock(mutex_);
    std::vector<std::string> payloads;
    nonces_.for_each([&](const std::string& word, std::int64_t expires, const Nonce& nonce) {
        if (nonce.is_settled) add_to(payloads, UsedNonce{word, expires});
    });
    answers_.for_each([&](const std::string& key, std::int64_t expires, const Answer& answer) {
        if (!answer.id.empty())
            add_to(payloads, KeptAnswer{key, answer.digest, answer.id, expires});
    });
    return payloads;
}

IntakeBook::Claim IntakeBook::begin(Request request)
{
    if (!request.idempotency_key.empty())
        request.idempotency_key = mail::sha256_hex(request.idempotency_key);
    mail::SpoolId id;
    const std::lock_guard lock(mutex_);
    const Verdict verdict = judge(request, id);
    return Claim(*this, verdict, std::move(request), id);
}

IntakeBook::Verdict IntakeBook::judge(const Request& request, mail::SpoolId& id)
{
    const std::int64_t time = now();
    nonces_.forget_expired(time);
    answers_.forget_expired(time);
    if (nonces_.find(request.nonce) != nullptr) return Verdict::nonce_seen;
    if (nonces_.size() >= limits_.nonces) return Verdict::full;
    Verdict verdict = Verdict::fresh;
    if (!request.idempotency_key.empty()) {
        const Answer* const known = answers_.find(request.idempotency_key);
        if (known != nullptr && known->digest != request.digest) return Verdict::other_mail;
        if (known != nullptr && known->id.empty()) return Verdict::being_stored;
        if (known != nullptr) {
            id = *mail::SpoolId::parse(known->id);
            verdict = Verdict::repeat;
        } else {
            if (answers_.size() >= limits_.answers) answers_.forget_first();
            answers_.insert(request.idempotency_key, time + kAnswersKeptSeconds,
                            {request.digest, {}});
        }
    }
    nonces_.insert(request.nonce, time + kNoncesKept, {});
    return verdict;
}

/// In memory first: whatever the disk says, this process takes neither again.
Result<Done> IntakeBook::settle(const Request& request, const mail::SpoolId& id, bool is_repeat)
{
    {
        const std::lock_guard lock(mutex_);
        if (Nonce* const nonce = nonces_.find(request.nonce)) nonce->is_settled = true;
        append_entry(pending_, UsedNonce{request.nonce, now() + kNoncesKept});
        if (!request.idempotency_key.empty() && !is_repeat) {
            if (Answer* const answer = answers_.find(request.idempotency_key))
                answer->id = id.hex();
            append_entry(pending_, KeptAnswer{request.idempotency_key, request.digest, id.hex(),
                                              now() + kAnswersKeptSeconds});
        }
    }
    return together_.run();
}

/// One line, and one sync, for all who have come meanwhile.
Result<Done> IntakeBook::append_pending()
{
    std::string payload;
    {
        const std::lock_guard lock(mutex_);
        payload.swap(pending_);
    }
    if (payload.empty()) return Done{};
    return journal_.append(payload);
}

void IntakeBook::forget(const Request& request, bool has_answer)
{
    const std::lock_guard lock(mutex_);
    nonces_.erase(request.nonce);
    if (has_answer && !request.idempotency_key.empty()) answers_.erase(request.idempotency_key);
}

IntakeBook::Claim::Claim(IntakeBook& book, Verdict verdict, Request request, mail::SpoolId id)
    : book_(&book), verdict_(verdict), request_(std::move(request)), id_(id)
{
    if (!is_open()) book_ = nullptr;
}

IntakeBook::Claim::Claim(Claim&& other) noexcept
    : book_(std::exchange(other.book_, nullptr)),
      verdict_(other.verdict_),
      request_(std::move(other.request_)),
      id_(other.id_)
{
}

IntakeBook::Claim::~Claim()
{
    if (book_ != nullptr) book_->forget(request_, verdict_ == Verdict::fresh);
}

bool IntakeBook::Claim::is_open() const
{
    return verdict_ == Verdict::fresh || verdict_ == Verdict::repeat;
}

Result<Done> IntakeBook::Claim::settle(const mail::SpoolId& id)
{
    IntakeBook* const book = std::exchange(book_, nullptr);
    return book->settle(request_, id, verdict_ == Verdict::repeat);
}

}  // namespace postoffice::http
