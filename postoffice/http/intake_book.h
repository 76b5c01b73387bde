/// The intake's book: which nonces were used, so that nobody plays a request again, and which id an
/// Idempotency-Key has got, so that a client may. Durable in state/http-intake.{0,1}: a
/// checkpointed journal (common/spool/journal.h).
///
/// The order around a mail: begin(), the mail's commit, settle(), the answer. What a crash between
/// two of them leaves: docs/intake-http.md. It may make a duplicate and never loses.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "common/clock.h"
#include "common/result.h"
#include "common/spool/files.h"
#include "common/spool/journal.h"
#include "common/spool/shared_sync.h"
#include "common/spool/spool_id.h"
#include "common/spool/spool_layout.h"
#include "postoffice/http/book_entries.h"
#include "postoffice/http/expiring_table.h"

namespace postoffice::http
{

struct BookLimits {
    std::size_t nonces = 200'000;  // in ten minutes; about 30 MiB
    std::size_t answers = 50'000;  // in 24 hours; about 20 MiB
};

class IntakeBook
{
public:
    static constexpr std::chrono::seconds kClockSlack{300};  // a request is good for so long
    static constexpr std::chrono::hours kAnswersKept{24};

    /// Reads what is there.
    /// errors  temporary: the files cannot be read or written
    [[nodiscard]] static mail::Result<std::unique_ptr<IntakeBook>> open(
        const mail::SpoolLayout& layout, mail::Files& files = mail::system_files(),
        const mail::Clock& clock = mail::system_clock(), BookLimits limits = {});

    struct Request {
        std::string nonce;
        std::string idempotency_key = {};  // empty: none
        std::string digest = {};           // of envelope and content, 64 hex digits
    };
    enum class Verdict {
        fresh,         // commit the mail, then settle()
        repeat,        // answer with id(), then settle() too: its nonce is used as well
        nonce_seen,    // 409
        other_mail,    // 422: this Idempotency-Key was for another mail
        being_stored,  // 503: the first one with this key is under way
        full,          // 503: no room for another nonce
    };

    /// One request on its way. Unless settle() was called, it is forgotten at its end, and the same
    /// request may come again.
    class Claim
    {
    public:
        Claim(Claim&& other) noexcept;
        Claim& operator=(Claim&&) = delete;
        ~Claim();

        [[nodiscard]] Verdict verdict() const { return verdict_; }
        [[nodiscard]] const mail::SpoolId& id() const { return id_; }  // of a repeat

        /// The mail is durable under this id. It is remembered in any case; durable when it says
        /// so. After an error a crash may forget it.
        /// blocks  for one sync, together with other threads
        [[nodiscard]] mail::Result<mail::Done> settle(const mail::SpoolId& id);

    private:
        friend class IntakeBook;
        Claim(IntakeBook& book, Verdict verdict, Request request, mail::SpoolId id = {});
        [[nodiscard]] bool is_open() const;

        IntakeBook* book_;  // null: nothing to forget
        Verdict verdict_;
        Request request_;
        mail::SpoolId id_;
    };

    /// Any thread; quick. The signature is right and the time is within kClockSlack.
    [[nodiscard]] Claim begin(Request request);

private:
    struct Nonce {
        bool is_settled = false;
    };
    struct Answer {
        std::string digest;
        std::string id;  // empty: being stored
    };

    IntakeBook(const mail::SpoolLayout& layout, mail::Files& files, const mail::Clock& clock,
               BookLimits limits);
    /// Seconds since 1970, but never faster or slower than the boot clock: a jump of the wall clock
    /// forgets no nonce.
    [[nodiscard]] std::int64_t now() const;
    Verdict judge(const Request& request, mail::SpoolId& id);
    void load(const BookEntry& entry);
    std::vector<std::string> snapshot() const;
    mail::Result<mail::Done> settle(const Request& request, const mail::SpoolId& id,
                                    bool is_repeat);
    void forget(const Request& request, bool has_answer);
    mail::Result<mail::Done> append_pending();

    const mail::Clock& clock_;
    const mail::WallTime started_;
    const mail::BootTime started_boot_;
    const BookLimits limits_;
    mutable std::mutex mutex_;  // guards the three below
    ExpiringTable<Nonce> nonces_;
    ExpiringTable<Answer> answers_;
    std::string pending_;  // settled, and not yet in the journal
    mail::Journal journal_;
    mail::SharedSync together_;
};

}  // namespace postoffice::http
