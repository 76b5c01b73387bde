/// The HTTP side of the catcher: routes, what is counted, what is logged. No sockets;
/// docs/intake-http.md has it for people.
#pragma once

#include "common/http/message.h"
#include "postoffice/http/form_route.h"
#include "postoffice/http/messages_route.h"
#include "postoffice/http/route.h"

namespace postoffice::http
{

class IntakeService
{
public:
    /// All must outlive it.
    /// takes_form  --http-legacy-hmac-sha1
    IntakeService(const RouteParts& parts, IntakeBook& book, bool takes_form);

    /// Called from many threads. Blocks for the disk. Throws nothing: what fails here is a 503.
    [[nodiscard]] mail::http::Answer handle(mail::http::Request request);
    [[nodiscard]] const IntakeCounts& counts() const { return counts_; }

    /// The fields that the listener has to pass on.
    [[nodiscard]] static std::vector<std::string> passed_fields();

private:
    mail::http::Answer dispatch(mail::http::Request request, const std::string& peer);
    mail::http::Answer probe() const;
    mail::http::Answer told(RouteOutcome outcome, RouteCounts& counts, std::string_view way,
                            const std::string& peer);

    MailDoor& door_;
    MessagesRoute messages_;
    FormRoute form_;
    IntakeCounts counts_;
};

}  // namespace postoffice::http
