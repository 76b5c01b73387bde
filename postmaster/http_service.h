/// The HTTP side of the desk: routes, status codes, who may come in. No sockets; docs/http-api.md
/// has it for people.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/http/message.h"
#include "common/result.h"
#include "common/users/users.h"
#include "postmaster/desk.h"
#include "postmaster/slots.h"

namespace postmaster
{

struct ServiceSettings {
    std::size_t batch = 50;
    std::chrono::seconds lease_seconds{900};
    bool delete_on_get = false;
};

class HttpService
{
public:
    /// Hand-outs that are built or written at once; each may hold a batch in memory.
    static constexpr std::size_t kHandOutsAtOnce = 4;
    /// Couriers that may wait for mail, or for one of the hand-outs above. The listener has more
    /// workers than this, so that outcomes are always taken.
    static constexpr std::size_t kCouriersWaiting = 24;

    /// users  nullptr: nobody is asked who he is (nginx does it)
    HttpService(Desk& desk, mail::Users* users, ServiceSettings settings);

    /// Called from many threads. Blocks while a courier waits for mail.
    [[nodiscard]] mail::http::Answer handle(const mail::http::Request& request);

private:
    using Answer = mail::http::Answer;
    using Request = mail::http::Request;
    struct Route;
    static const Route kRoutes[];

    bool is_let_in(const Request& request, Answer& refusal);
    Answer dispatch(const Request& request);
    Answer wrong_method(const Route& route) const;

    Answer lease(const Request& request, const std::string& token);
    Answer lease_or_wait(const Request& request, std::size_t max, std::chrono::seconds seconds,
                         std::chrono::seconds wait);
    Answer outcomes(const Request& request, const std::string& token);
    Answer renewal(const Request& request, const std::string& token);
    Answer release(const Request& request, const std::string& token);
    Answer original_hand_out(const Request& request, const std::string& token);
    Answer original_options(const Request& request, const std::string& token);
    Answer health(const Request& request, const std::string& token);

    Desk& desk_;
    mail::Users* users_;
    const ServiceSettings settings_;
    Slots hand_outs_{kHandOutsAtOnce};
    Slots couriers_{kCouriersWaiting};
};

}  // namespace postmaster
