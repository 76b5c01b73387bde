#include "postman/gmail/gmail_backend.h"

#include <algorithm>
#include <cstddef>

#include "common/base64.h"
#include "common/log.h"

namespace postman
{
namespace
{

using Kind = GmailAnswer::Kind;

constexpr const char* kSendPath = "/gmail/v1/users/me/messages/send";
constexpr const char* kUploadPath = "/upload/gmail/v1/users/me/messages/send?uploadType=media";
constexpr std::chrono::seconds kShortestRest{30};  // of a limit that names no time

std::vector<Verdict> all(const std::vector<std::string>& recipients, const Verdict& verdict)
{
    std::vector<Verdict> list(recipients.size(), verdict);
    for (std::size_t i = 0; i < list.size(); ++i) list[i].recipient = recipients[i];
    return list;
}

Verdict verdict_of(const GmailAnswer& answer)
{
    Verdict verdict{.reason = answer.reason,
                    .may_be_accepted = answer.may_be_accepted,
                    .retry_after = answer.retry_after};
    if (answer.kind == Kind::sent) verdict.kind = mail::OutcomeKind::delivered;
    if (answer.kind == Kind::failed) verdict.kind = mail::OutcomeKind::failed;
    return verdict;
}

}  // namespace

std::string base64url(std::string_view octets)
{
    std::string text = mail::base64url_encode(octets);
    text.resize(mail::base64_size(octets.size()), '=');
    return text;
}

GmailBackend::GmailBackend(GmailSettings settings, std::shared_ptr<TokenSource> tokens,
                           std::shared_ptr<mail::web::WebClient> web, const mail::Clock& clock)
    : settings_(std::move(settings)),
      tokens_(std::move(tokens)),
      web_(std::move(web)),
      clock_(clock)
{
}

std::optional<Broken> GmailBackend::check()
{
    const auto token = tokens_->token({});
    if (token || token.error().kind == mail::ErrorKind::temporary) return std::nullopt;
    return Broken{token.error().describe()};
}

GmailBackend::Outcome GmailBackend::token_fault(const mail::Error& error) const
{
    if (error.kind != mail::ErrorKind::temporary) return Broken{error.describe()};
    return GmailAnswer{.reason = "no access token: " + error.describe()};
}

mail::BootTime GmailBackend::end_of(Deadline deadline) const
{
    const auto left = deadline - std::chrono::steady_clock::now();
    return clock_.boot() + std::min(std::chrono::duration_cast<mail::BootTime>(left),
                                    mail::BootTime(settings_.timeout));
}

GmailBackend::Outcome GmailBackend::send_with(const std::string& token, const std::string& content,
                                              mail::BootTime end)
{
    const auto left = std::chrono::floor<std::chrono::seconds>(end - clock_.boot());
    if (left.count() <= 0)
        return GmailAnswer{.reason = "no time is left for the request: the token took it all"};
    const bool is_small = mail::base64_size(content.size()) <= kMaxRawBytes;
    const std::string json = is_small ? R"({"raw":")" + base64url(content) + R"("})" : "";
    bool may_have_arrived = false;
    const mail::web::WebRequest request{
        .method = "POST",
        .url = settings_.endpoint + (is_small ? kSendPath : kUploadPath),
        .headers = {{"Authorization", "Bearer " + token}},
        .content_type = is_small ? "application/json" : "message/rfc822",
        .body = is_small ? std::string_view(json) : std::string_view(content),
        .deadline = left,
        .may_have_arrived = &may_have_arrived};
    const auto answer = web_->ask(request, {});
    if (answer) return judge_gmail_answer(*answer, clock_.wall());
    if (answer.error().kind != mail::ErrorKind::temporary) return Broken{answer.error().describe()};
    return GmailAnswer{.reason = answer.error().describe(), .may_be_accepted = may_have_arrived};
}

/// A token that is not taken is renewed once; if that is not taken either, renewing is no help.
GmailBackend::Outcome GmailBackend::send(const std::string& content, mail::BootTime end)
{
    const auto token = tokens_->token({});
    if (!token) return token_fault(token.error());
    Outcome outcome = send_with(*token, content, end);
    const auto is_refused = [&outcome] {
        const auto* answer = std::get_if<GmailAnswer>(&outcome);
        return answer != nullptr && answer->kind == Kind::renew;
    };
    if (!is_refused()) return outcome;
    tokens_->reject(*token);
    const auto fresh = tokens_->token({});
    if (!fresh) return token_fault(fresh.error());
    outcome = send_with(*fresh, content, end);
    if (!is_refused()) return outcome;
    return Broken{std::get<GmailAnswer>(outcome).reason +
                  "; a renewed token is not taken either: " + "sign in again with `postman auth`"};
}

void GmailBackend::rest(std::chrono::seconds seconds)
{
    const auto until = clock_.boot() + std::max(seconds, kShortestRest);
    rests_until_ = std::max(rests_until_.load(), until.count());
}

std::variant<std::vector<Verdict>, Broken> GmailBackend::verdicts(const mail::Record& record,
                                                                  const AddressedMail& mail,
                                                                  const Outcome& outcome)
{
    if (const auto* broken = std::get_if<Broken>(&outcome)) return *broken;
    const auto& answer = std::get<GmailAnswer>(outcome);
    if (answer.kind == Kind::broken) return Broken{answer.reason};
    if (answer.kind == Kind::limited) rest(answer.retry_after.value_or(kShortestRest));
    if (answer.kind == Kind::sent)
        mail::log::info("accepted", {{"id", record.id.hex()},
                                     {"via", name()},
                                     {"message_id", answer.message_id},
                                     {"recipients", mail.carried.size()}});
    std::vector<Verdict> list = all(mail.carried, verdict_of(answer));
    for (Verdict& verdict : all(mail.unfit, {.kind = mail::OutcomeKind::failed,
                                            .reason = "no address that a header can carry"}))
        list.push_back(std::move(verdict));
    return list;
}

std::variant<std::vector<Verdict>, Broken> GmailBackend::deliver_until(
    const mail::Record& record, const std::vector<std::string>& recipients, Deadline deadline)
{
    const mail::BootTime end = end_of(deadline);
    const auto left = mail::BootTime(rests_until_.load()) - clock_.boot();
    if (left.count() > 0)
        return all(recipients, {.reason = "the account rests after Gmail said it meets a limit",
                                .retry_after = std::chrono::ceil<std::chrono::seconds>(left),
                                .is_untried = true});
    const auto mail = address_mail(record.content, recipients);
    if (!mail)
        return all(recipients, {.kind = mail::OutcomeKind::held, .reason = mail.error().step});
    if (mail->content.size() > kMaxUploadBytes)
        return all(recipients, {.kind = mail::OutcomeKind::failed,
                                .reason = "over the 36,700,160 octets that Gmail takes"});
    if (mail->carried.empty()) return verdicts(record, *mail, GmailAnswer{});
    return verdicts(record, *mail, send(mail->content, end));
}

}  // namespace postman
