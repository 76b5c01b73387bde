/// POST /: appengine-mailer's form, with its texts and status codes (docs/intake-http.md).
#pragma once

#include "postoffice/http/form_body.h"
#include "postoffice/http/posted_mail.h"
#include "postoffice/http/route.h"

namespace postoffice::http
{

class FormRoute
{
public:
    /// is_on  --http-legacy-hmac-sha1 was given; else it only says that it was not
    FormRoute(const RouteParts& parts, bool is_on) : parts_(parts), is_on_(is_on) {}

    /// Any thread.
    /// blocks  for the mail's syncs
    [[nodiscard]] RouteOutcome post(mail::http::Request request);

private:
    [[nodiscard]] bool is_signed(const MailForm& form) const;
    [[nodiscard]] RouteOutcome take(MailForm form);
    [[nodiscard]] RouteOutcome commit(mail::Message message);

    RouteParts parts_;
    bool is_on_;
};

}  // namespace postoffice::http
