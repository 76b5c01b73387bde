/// The way out over SMTP or LMTP: connections that are kept from mail to mail, one for each thread
/// that delivers, and what the server's replies mean for the courier.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "postman/delivery_backend.h"
#include "postman/smtp/connection.h"

namespace postman::smtp
{

class SmtpBackend final : public DeliveryBackend
{
public:
    explicit SmtpBackend(Smarthost smarthost);

    std::string name() const override { return describe(smarthost_); }
    /// Options that do not go together, files that cannot be used. Reads the files anew.
    std::optional<Broken> check() override;
    /// Connects, starts TLS and signs in, then says QUIT. blocks  for 30 s at most
    std::optional<Broken> rehearse() override;
    /// Broken: what somebody has to mend: a certificate, a sign-in, no TLS. A server that is away
    /// is not asked for each mail: for 30 s the answer is the last one.
    std::variant<std::vector<Verdict>, Broken> deliver(
        const mail::Record& record, const std::vector<std::string>& recipients) override
    {
        return deliver_until(record, recipients, Deadline::max());
    }
    std::variant<std::vector<Verdict>, Broken> deliver_until(
        const mail::Record& record, const std::vector<std::string>& recipients,
        Deadline deadline) override;

private:
    using Held = std::unique_ptr<Connection>;
    struct Kept {
        Held connection;
        Deadline since;
    };
    /// Counts in at_work_ while it is there, however its delivery ends.
    class AtWork
    {
    public:
        AtWork() = default;
        /// The backend's lock is held.
        explicit AtWork(SmtpBackend& backend) : backend_(&backend) { ++backend.at_work_; }
        AtWork(AtWork&& other) noexcept : backend_(std::exchange(other.backend_, nullptr)) {}
        AtWork& operator=(AtWork&& other) noexcept
        {
            std::swap(backend_, other.backend_);
            return *this;
        }
        /// The backend's lock is not held.
        ~AtWork()
        {
            if (backend_ != nullptr) backend_->leave();
        }

    private:
        SmtpBackend* backend_ = nullptr;
    };
    struct Taken {
        Held connection;
        bool is_kept = false;  // it carried a mail before
        AtWork at_work = {};
    };

    std::variant<Taken, Trouble> take(Deadline deadline);
    std::variant<Held, Trouble> connect(Deadline deadline);
    std::variant<Taken, Trouble> open(Deadline deadline, AtWork at_work);
    void give_back(Held connection);
    void leave();
    std::variant<Transaction, Trouble> transact(const mail::Record& record,
                                                const std::vector<std::string>& recipients,
                                                Deadline deadline);
    std::optional<Trouble> is_away(std::unique_lock<std::mutex>& lock, Deadline deadline);
    void close_idle(std::stop_token stop);

    const Smarthost smarthost_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::shared_ptr<TlsContext> tls_;
    std::vector<Kept> kept_;
    std::size_t at_work_ = 0;  // connections that deliver now
    std::optional<Trouble> away_;
    Deadline away_until_{};
    std::jthread janitor_;  // last: it uses all of the above
};

}  // namespace postman::smtp
