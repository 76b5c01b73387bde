#include "postman/smtp/smtp_backend.h"

#include <algorithm>
#include <utility>

#include "common/log.h"

namespace postman
{

std::unique_ptr<DeliveryBackend> make_smtp_backend(Smarthost smarthost)
{
    return std::make_unique<smtp::SmtpBackend>(std::move(smarthost));
}

}  // namespace postman

namespace postman::smtp
{
namespace
{

using std::chrono::steady_clock;

constexpr std::chrono::seconds kAwayTime{30};
constexpr std::chrono::seconds kRehearsalTime{30};
constexpr std::chrono::seconds kIdleTime{20};  // servers wait 5 minutes (RFC 5321 4.5.3.2.7)

std::vector<Verdict> deferred(const std::vector<std::string>& recipients, const Trouble& trouble)
{
    std::vector<Verdict> verdicts;
    for (const std::string& recipient : recipients)
        verdicts.push_back({recipient, mail::OutcomeKind::deferred, trouble.reason});
    return verdicts;
}

bool has_delivered(const std::vector<Verdict>& verdicts)
{
    return std::any_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) {
        return verdict.kind == mail::OutcomeKind::delivered;
    });
}

/// The verdicts of a later try take the place of the earlier ones.
void replace(std::vector<Verdict>& verdicts, const std::vector<Verdict>& later)
{
    for (const Verdict& verdict : later)
        for (Verdict& earlier : verdicts)
            if (earlier.recipient == verdict.recipient) earlier = verdict;
}

void log_acceptance(const mail::Record& record, const std::string& via, const Transaction& mail)
{
    constexpr std::size_t kMaxShownBytes = 500;  // a reply may have 32 KiB
    if (mail.acceptance().empty()) return;
    mail::log::info("accepted", {{"id", record.id.hex()},
                                 {"via", via},
                                 {"reply", mail.acceptance().substr(0, kMaxShownBytes)}});
}

}  // namespace

SmtpBackend::SmtpBackend(Smarthost smarthost)
    : smarthost_(std::move(smarthost)), janitor_([this](std::stop_token stop) { close_idle(stop); })
{
}

std::optional<Broken> SmtpBackend::check()
{
    if (const auto fault = fault_in(smarthost_)) return Broken{*fault};
    if (!demands_tls(smarthost_)) return std::nullopt;
    auto tls = make_tls_context(smarthost_.tls);
    if (!tls) return Broken{tls.error().step};
    const std::scoped_lock lock(mutex_);
    tls_ = std::move(*tls);
    away_.reset();
    return std::nullopt;
}

std::optional<Broken> SmtpBackend::rehearse()
{
    if (auto broken = check()) return broken;
    const auto opened = connect(steady_clock::now() + std::min(smarthost_.timeout, kRehearsalTime));
    if (const auto* trouble = std::get_if<Trouble>(&opened)) return Broken{trouble->reason};
    return std::nullopt;
}

std::variant<std::vector<Verdict>, Broken> SmtpBackend::deliver_until(
    const mail::Record& record, const std::vector<std::string>& recipients, Deadline deadline)
{
    deadline = std::min(deadline, steady_clock::now() + smarthost_.timeout);
    std::vector<Verdict> verdicts;
    for (std::vector<std::string> open = recipients; !open.empty();) {
        auto answer = transact(record, open, deadline);
        if (const auto* trouble = std::get_if<Trouble>(&answer)) {
            if (!verdicts.empty()) break;  // what was accepted must be told
            if (trouble->kind == Trouble::Kind::broken) return Broken{trouble->reason};
            return deferred(open, *trouble);
        }
        const auto& mail = std::get<Transaction>(answer);
        if (mail.broken() && verdicts.empty()) return *mail.broken();
        log_acceptance(record, name(), mail);
        const std::vector<Verdict> now = mail.verdicts();
        if (verdicts.empty())
            verdicts = now;
        else
            replace(verdicts, now);
        open = has_delivered(now) ? mail.left_over() : std::vector<std::string>{};
    }
    return verdicts;
}

/// One transaction. A kept connection may have died since: then another one carries the mail.
std::variant<Transaction, Trouble> SmtpBackend::transact(const mail::Record& record,
                                                         const std::vector<std::string>& recipients,
                                                         Deadline deadline)
{
    while (true) {
        auto taken = take(deadline);
        if (auto* trouble = std::get_if<Trouble>(&taken)) return std::move(*trouble);
        auto& [connection, is_kept, at_work] = std::get<Taken>(taken);
        Transaction mail = connection->deliver(record, recipients, deadline);
        give_back(std::move(connection));
        const bool was_dead = is_kept && !mail.is_in_step() && mail.is_untouched();
        if (!was_dead || steady_clock::now() >= deadline) return mail;
    }
}

std::variant<SmtpBackend::Taken, Trouble> SmtpBackend::take(Deadline deadline)
{
    std::vector<Held> unfit;  // closed after the lock is gone
    AtWork at_work;
    {
        std::unique_lock lock(mutex_);
        auto away = is_away(lock, deadline);
        while (!kept_.empty()) {
            Held connection = std::move(kept_.back().connection);
            kept_.pop_back();
            if (connection->is_fit()) return Taken{std::move(connection), true, AtWork(*this)};
            unfit.push_back(std::move(connection));
        }
        if (away) return std::move(*away);
        at_work = AtWork(*this);
    }
    return open(deadline, std::move(at_work));
}

/// While new connections fail, others may still be at work (a server's limit per client): then one
/// of those will do. Nothing where a try makes sense.
std::optional<Trouble> SmtpBackend::is_away(std::unique_lock<std::mutex>& lock, Deadline deadline)
{
    const auto is_resting = [&] { return away_ && steady_clock::now() < away_until_; };
    while (is_resting() && kept_.empty() && at_work_ > 0)
        if (changed_.wait_until(lock, std::min(deadline, away_until_)) == std::cv_status::timeout)
            break;
    return is_resting() ? away_ : std::nullopt;
}

std::variant<SmtpBackend::Held, Trouble> SmtpBackend::connect(Deadline deadline)
{
    std::unique_lock lock(mutex_);
    if (!tls_ && demands_tls(smarthost_)) {
        auto made = make_tls_context(smarthost_.tls);
        if (!made) return Trouble{Trouble::Kind::broken, made.error().step};
        tls_ = std::move(*made);
    }
    auto tls = tls_;
    lock.unlock();
    return Connection::open(smarthost_, std::move(tls), deadline);
}

std::variant<SmtpBackend::Taken, Trouble> SmtpBackend::open(Deadline deadline, AtWork at_work)
{
    auto opened = connect(deadline);
    if (auto* connection = std::get_if<Held>(&opened))
        return Taken{std::move(*connection), false, std::move(at_work)};
    auto& trouble = std::get<Trouble>(opened);
    const std::scoped_lock lock(mutex_);
    away_ = trouble;
    away_until_ = steady_clock::now() + kAwayTime;
    changed_.notify_all();
    return std::move(trouble);
}

void SmtpBackend::give_back(Held connection)
{
    const bool is_fit = connection->is_fit();
    const std::scoped_lock lock(mutex_);
    if (is_fit) kept_.push_back({std::move(connection), steady_clock::now()});
    changed_.notify_all();
}

void SmtpBackend::leave()
{
    const std::scoped_lock lock(mutex_);
    --at_work_;
    changed_.notify_all();
}

void SmtpBackend::close_idle(std::stop_token stop)
{
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const auto limit = steady_clock::now() - kIdleTime;
        std::vector<Kept> idle;
        for (Kept& kept : kept_)
            if (kept.since <= limit) idle.push_back(std::move(kept));
        std::erase_if(kept_, [](const Kept& kept) { return kept.connection == nullptr; });
        lock.unlock();
        idle.clear();  // says QUIT
        lock.lock();
        const auto has_idle = [&] { return !kept_.empty(); };
        if (!changed_.wait(lock, stop, has_idle)) return;
        changed_.wait_for(lock, stop, kIdleTime, [] { return false; });
    }
}

}  // namespace postman::smtp
