/// The way out through a local sendmail: `sendmail -i -f SENDER -- RCPT…`, by envelope, never -t.
#pragma once

#include <chrono>
#include <string>

#include "postman/delivery_backend.h"
#include "postman/process.h"

namespace postman
{

class SendmailBackend final : public DeliveryBackend
{
public:
    explicit SendmailBackend(std::string path,
                             std::chrono::seconds timeout = std::chrono::seconds(300));

    std::string name() const override { return "sendmail:" + path_; }
    std::optional<Broken> check() override;
    /// One call for all recipients, so one exit code for all; more calls only where the arguments
    /// of one would be too many for the system; they share the timeout.
    std::variant<std::vector<Verdict>, Broken> deliver(
        const mail::Record& record, const std::vector<std::string>& recipients) override
    {
        return deliver_until(record, recipients, Deadline::max());
    }
    std::variant<std::vector<Verdict>, Broken> deliver_until(
        const mail::Record& record, const std::vector<std::string>& recipients,
        Deadline deadline) override;

private:
    std::variant<Verdict, Broken> deliver_to(const mail::Record& record, const std::string& text,
                                             std::vector<std::string> recipients,
                                             Deadline deadline) const;

    const std::string path_;
    const std::chrono::seconds timeout_;
};

/// A null sender is `<>`, as Postfix, Exim, sendmail and nullmailer take it.
[[nodiscard]] std::vector<std::string> sendmail_arguments(
    const std::string& path, const std::string& sender, const std::vector<std::string>& recipients);
/// What the end of a sendmail means, for a recipient not yet named.
[[nodiscard]] std::variant<Verdict, Broken> judge_sendmail(const ProcessEnd& end,
                                                           std::chrono::seconds timeout);

}  // namespace postman
