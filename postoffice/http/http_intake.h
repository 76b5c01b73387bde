/// The HTTP intake as a whole: sockets, keys, book, service. Threads of its own answer; the
/// catcher's network loop only tells it of signals.
#pragma once

#include <memory>

#include "common/http/listener.h"
#include "common/result.h"
#include "postoffice/companion.h"
#include "postoffice/http/intake_book.h"
#include "postoffice/http/intake_service.h"
#include "postoffice/server_options.h"

namespace postoffice::http
{

class HttpIntake final : public Companion
{
public:
    /// Serves at once; null where nobody wants it (no --http-listen). All must outlive it.
    /// errors  refused, malformed: the keys file, the address; temporary, conflict: the system
    [[nodiscard]] static mail::Result<std::unique_ptr<HttpIntake>> open(
        const ServerOptions& options, MailStore& store, mail::Intake& intake);

    /// Reads the keys again. A file that is unsound leaves them as they were.
    void reload() override;
    /// From now on requests are answered 503.
    void stopping() override { door_.close(); }
    [[nodiscard]] bool is_alive() override
    {
        return listener_ == nullptr || listener_->has_turned();
    }

    /// What is under way is answered; then all is quiet.
    void stop() { listener_.reset(); }
    [[nodiscard]] const IntakeCounts& counts() const { return service_.counts(); }

private:
    HttpIntake(const ServerOptions& options, Keys keys, std::unique_ptr<IntakeBook> book,
               MailStore& store, mail::Intake& intake);
    void serve(std::vector<mail::http::ListeningSocket> sockets);

    const ServerOptions& options_;
    KeyRing keys_;
    std::unique_ptr<IntakeBook> book_;
    MailDoor door_;
    IntakeService service_;
    std::unique_ptr<mail::http::Listener> listener_;
};

}  // namespace postoffice::http
