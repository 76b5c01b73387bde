/// POST /v1/messages: a signed request with a message as it is. The contract: docs/intake-http.md.
#pragma once

#include "postoffice/http/intake_book.h"
#include "postoffice/http/route.h"
#include "postoffice/http/signature.h"

namespace postoffice::http
{

class MessagesRoute
{
public:
    static constexpr std::string_view kPath = "/v1/messages";

    MessagesRoute(const RouteParts& parts, IntakeBook& book) : parts_(parts), book_(book) {}

    /// Any thread.
    /// blocks  for the mail's syncs and one of the book's
    [[nodiscard]] RouteOutcome post(mail::http::Request request);

private:
    struct Fields;
    [[nodiscard]] std::optional<RouteOutcome> why_not_signed(
        const mail::http::Request& request, const Fields& fields,
        const std::optional<SignatureField>& signature) const;
    [[nodiscard]] RouteOutcome wrong_clock() const;
    [[nodiscard]] RouteOutcome take(mail::Message message, IntakeBook::Request request);
    [[nodiscard]] RouteOutcome commit(mail::Message message, IntakeBook::Claim claim);

    RouteParts parts_;
    IntakeBook& book_;
};

}  // namespace postoffice::http
