/// `postman check URL`, the judgement: what an answer of the endpoint means for the courier, and
/// what somebody has to mend. Pure; endpoint_probe.h asks.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/web/endpoint_url.h"
#include "common/web/http_exchange.h"
#include "common/web/tls_facts.h"
#include "postman/check_report.h"

namespace postman
{

/// Less than this until the certificate ends: a warning. ACME renews at a third of 90 days.
inline constexpr std::chrono::hours kCertificateWarning{14 * 24};
/// More than this between the clocks: a warning.
inline constexpr std::chrono::seconds kClockWarning{60};

/// The request that takes nothing: it is answered 405 by a postmaster of the lease protocol, and
/// `OPTIONS` changes nothing at the Python PostMaster, whose HEAD would hand out.
[[nodiscard]] mail::web::HttpQuestion harmless_question(bool is_original);

/// What the endpoint answered to harmless_question(), in two tries.
struct EndpointAnswers {
    mail::web::EndpointUrl url;
    bool is_original = false;  // --protocol original
    std::string user;          // of the second try; empty: there was none
    bool has_certificate = false;
    mail::web::HttpAnswer without_password;
    std::optional<mail::web::HttpAnswer> with_password;

    const mail::web::HttpAnswer& last() const
    {
        return with_password ? *with_password : without_password;
    }
};

/// tls, and what is wrong with the certificate. `error` is what the exchange said, if it failed.
[[nodiscard]] std::vector<CheckStep> judge_tls(const mail::web::TlsFacts& facts,
                                               const std::string& host,
                                               const std::optional<mail::Error>& error,
                                               mail::WallTime now);
/// The Date header against the time before and after the request. Nothing without a header.
[[nodiscard]] std::optional<CheckStep> judge_clock(std::string_view date, mail::WallTime before,
                                                   mail::WallTime after);
/// http, login, protocol; ends with the first that failed.
[[nodiscard]] std::vector<CheckStep> judge_answers(const EndpointAnswers& answers);

}  // namespace postman
