/// The way out through Gmail's API: users.messages.send for the user `me`, with nothing but the
/// scope https://www.googleapis.com/auth/gmail.send. Google adds no Received line that shows this
/// host. Small mails go as JSON with `raw`, others to the upload endpoint.
///
/// The API has no envelope. Whom a mail reaches, its To, Cc and Bcc say: addressed_mail.h holds
/// back what would reach anybody else. The bounces' address is the account's own; From decides
/// which of its addresses shows.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include "common/clock.h"
#include "common/web/web_client.h"
#include "postman/delivery_backend.h"
#include "postman/gmail/addressed_mail.h"
#include "postman/gmail/gmail_answer.h"
#include "postman/token_source.h"

namespace postman
{

inline constexpr const char* kGmailEndpoint = "https://gmail.googleapis.com";
inline constexpr const char* kGmailSendScope = "https://www.googleapis.com/auth/gmail.send";
/// `raw` may have so many octets; a longer mail is uploaded.
inline constexpr std::size_t kMaxRawBytes = 5 * 1024 * 1024;
/// mediaUpload.maxSize of users.messages.send in Google's discovery document.
inline constexpr std::size_t kMaxUploadBytes = 36'700'160;

struct GmailSettings {
    std::string endpoint = kGmailEndpoint;  // without a slash at the end
    std::chrono::seconds timeout{5 * 60};   // for one mail: tokens and requests together
};

class GmailBackend final : public DeliveryBackend
{
public:
    /// `clock` outlives it.
    GmailBackend(GmailSettings settings, std::shared_ptr<TokenSource> tokens,
                 std::shared_ptr<mail::web::WebClient> web, const mail::Clock& clock);

    std::string name() const override { return "gmail:" + tokens_->name(); }
    /// Asks for a token. A provider that does not answer now is no reason to lease nothing.
    std::optional<Broken> check() override;
    /// One request for all recipients (two where the token had to be renewed): they share its
    /// outcome, but for those that no header can carry. After a limit was met, nothing is asked
    /// until its time is over.
    std::variant<std::vector<Verdict>, Broken> deliver(
        const mail::Record& record, const std::vector<std::string>& recipients) override
    {
        return deliver_until(record, recipients, Deadline::max());
    }
    std::variant<std::vector<Verdict>, Broken> deliver_until(
        const mail::Record& record, const std::vector<std::string>& recipients,
        Deadline deadline) override;

private:
    using Outcome = std::variant<GmailAnswer, Broken>;
    Outcome send(const std::string& content, mail::BootTime end);
    Outcome send_with(const std::string& token, const std::string& content, mail::BootTime end);
    mail::BootTime end_of(Deadline deadline) const;
    Outcome token_fault(const mail::Error& error) const;
    std::variant<std::vector<Verdict>, Broken> verdicts(const mail::Record& record,
                                                        const AddressedMail& mail,
                                                        const Outcome& outcome);
    void rest(std::chrono::seconds seconds);

    const GmailSettings settings_;
    const std::shared_ptr<TokenSource> tokens_;
    const std::shared_ptr<mail::web::WebClient> web_;
    const mail::Clock& clock_;
    std::atomic<mail::BootTime::rep> rests_until_{0};  // boot clock
};

/// RFC 4648 5, with padding: the JSON form of `bytes` fields.
[[nodiscard]] std::string base64url(std::string_view octets);

}  // namespace postman
