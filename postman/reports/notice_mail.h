/// The two mails that the courier writes itself: the operator's summary, and the report to a sender
/// (RFC 3464). Both have the null sender and say that a program wrote them (RFC 3834). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "postman/reports/failure.h"

namespace postman
{

/// One line of the summary.
struct FailureEntry {
    std::int64_t seconds = 0;  // since 1970
    std::string id;            // of the mail, as in the log
    std::string outcome;       // "failed", "held"
    std::string recipient;
    std::string reason;      // the way out's own words
    std::string message_id;  // "<…>", or empty

    bool operator==(const FailureEntry&) const = default;
};

/// Listed in one summary; more are counted.
inline constexpr std::size_t kMostEntries = 1000;
/// Of the header that a report returns; whole fields.
inline constexpr std::size_t kMostReturnedBytes = 64 * 1024;

struct NoticeNames {
    std::string courier;  // "mail.example.net": Reporting-MTA, and the domain of From
    std::string date;     // "Fri, 20 Nov 2026 08:27:27 +0000"
    std::string token;    // of letters and digits, in no mail: makes Message-ID and boundary
};

/// The mail to `to`: who was not reached and why; nothing of any body.
[[nodiscard]] std::string summary_mail(const std::vector<FailureEntry>& entries,
                                       const std::string& to, const NoticeNames& names);

/// multipart/report to the sender: words, message/delivery-status, text/rfc822-headers.
/// outcome  failed, with at least one recipient
[[nodiscard]] std::string delivery_report(const FailedMail& mail, const mail::Outcome& outcome,
                                          const NoticeNames& names);

/// May this mail be answered with a report? Not if it is without sender, automatic (RFC 3834 2), of
/// a list or in bulk, or from a domain that is not listed.
///
/// domains  in any case, "example.com"; what is under one is not in it
[[nodiscard]] bool may_report_to_sender(const FailedMail& mail,
                                        const std::vector<std::string>& domains);

/// "5.1.1" of "550 5.1.1 no such user", else "5.0.0" (RFC 3463).
[[nodiscard]] std::string status_code(std::string_view reason);
/// The identifier of a header, or empty.
[[nodiscard]] std::string message_id_of(std::string_view header);

}  // namespace postman
