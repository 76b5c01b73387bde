#include "postman/endpoint_check.h"

#include <cstdlib>
#include <ctime>

#include "common/web/retry_after.h"

namespace postman
{
namespace
{

using Result = CheckStep::Result;
using std::chrono::duration_cast;
using std::chrono::hours;
using std::chrono::seconds;

CheckStep failed(std::string name, std::string detail, std::string mend)
{
    return {std::move(name), Result::failed, std::move(detail), std::move(mend)};
}

std::string listed(const std::vector<std::string>& names)
{
    std::string list;
    for (const std::string& name : names) list.append(list.empty() ? "" : ", ").append(name);
    return list.empty() ? "no name" : list;
}

std::string date_of(mail::WallTime time)
{
    return mail::rfc3339(time).substr(0, 10);
}

std::string days_words(mail::WallTime::duration time)
{
    const auto days = duration_cast<hours>(time).count() / 24;
    return std::to_string(days) + (days == 1 ? " day" : " days");
}

std::string mend_certificate(const mail::web::TlsFacts& facts, const std::string& host)
{
    switch (facts.fault) {
        case mail::web::CertificateFault::expired:
            return "renew it on the origin side, then reload nginx";
        case mail::web::CertificateFault::not_yet_valid:
            return "set this host's clock, or wait until " +
                   (facts.begins ? date_of(*facts.begins) : std::string("it begins"));
        case mail::web::CertificateFault::unknown_issuer:
            return "give the file of its CA with --ca; it was issued by \"" + facts.issuer +
                   "\"; nginx must send the whole chain";
        case mail::web::CertificateFault::other_name:
            return "the certificate is for " + listed(facts.names) +
                   ": use such a name in the URL, or have it issued for " + host;
        default:
            return "have the certificate replaced on the origin side";
    }
}

CheckStep judge_dates(const mail::web::TlsFacts& facts, const std::string& host, mail::WallTime now)
{
    const std::string what = "for " + host + ", issued by \"" + facts.issuer + "\"";
    if (!facts.ends) return {"certificate", Result::ok, what};
    const auto left = *facts.ends - now;
    const std::string detail = what + ", ends " + date_of(*facts.ends) + ", in " + days_words(left);
    if (left >= kCertificateWarning) return {"certificate", Result::ok, detail};
    return {"certificate", Result::warning, detail,
            "renew it on the origin side before that, then reload nginx"};
}

bool is_problem(const mail::web::HttpAnswer& answer)
{
    return answer.content_type.starts_with("application/problem+json");
}

std::string answered(const mail::web::HttpAnswer& answer)
{
    return "answered " + std::to_string(answer.status);
}

CheckStep judge_http(const EndpointAnswers& answers)
{
    const mail::web::HttpAnswer& last = answers.last();
    const std::string told = answered(last);
    const int status = last.status;
    if (status == 502 || status == 504)
        return failed("http", told + ": a server is there, and no postmaster behind it",
                      "on the origin side: systemctl status postmaster.socket postmaster.service, "
                      "and the socket in nginx's proxy_pass");
    if (status == 503)
        return failed("http", told + ": too busy, stopping, or slowed down by nginx's limit_req",
                      "try again in a minute; then look into postmaster's log");
    if (status >= 500)
        return failed("http", told + ": trouble on its side", "look into nginx's error log");
    if (status >= 300 && status < 400)
        return failed("http", told + ": a redirect to " + last.location + ", which is not followed",
                      "give that URL");
    if (status == 404 && !is_problem(last))
        return failed("http", told + ": nothing is at this path",
                      "the URL's path must be that of nginx's location, https://HOST/postoffice; "
                      "for the Python PostMaster add --protocol original");
    if (status == 400 && !is_problem(last))
        return failed("http", told + ": nginx does not take the request",
                      "if it wants a client certificate: --cert and --key");
    return {"http", Result::ok, "it answers"};
}

std::string mend_login(const EndpointAnswers& answers)
{
    if (answers.user.empty()) return "give --user NAME and --password-file FILE";
    return "check --user and --password-file; on the origin side: htpasswd -B "
           "/etc/postoffice/users " +
           answers.user + ", then systemctl reload postmaster";
}

/// An endpoint that is for this machine alone may do without a password.
bool is_private(const EndpointAnswers& answers)
{
    return answers.has_certificate || answers.url.scheme != mail::web::EndpointUrl::Scheme::https;
}

CheckStep judge_login(const EndpointAnswers& answers)
{
    const mail::web::HttpAnswer& last = answers.last();
    if (last.status == 403)
        return failed("login", answered(last) + ": this host may not ask",
                      "allow its address in nginx's location on the origin side");
    if (last.status == 429)
        return failed("login", answered(last) + ": too many logins at once",
                      "try again; somebody may be guessing passwords");
    if (last.status == 401)
        return failed("login",
                      answered(last) + (answers.user.empty() ? ": it asks for a user and a password"
                                                             : ": user or password are wrong"),
                      mend_login(answers));
    if (answers.without_password.status == 401)
        return {"login", Result::ok, "as " + answers.user + "; without a password nobody gets in"};
    if (is_private(answers)) return {"login", Result::ok, "no password is asked for"};
    return {"login", Result::warning, "no password is asked for: whoever reaches it gets the mail",
            "auth_basic in nginx's location, and --users for postmaster"};
}

CheckStep judge_original(const mail::web::HttpAnswer& last)
{
    if (last.allow.find("GET") != std::string::npos)
        return {"protocol", Result::ok, "original: GET hands out, and deletes"};
    if (is_problem(last))
        return failed("protocol", answered(last) + ": this postmaster does not delete on GET",
                      "--protocol lease here, or delete-on-get on the origin side");
    return failed("protocol", answered(last) + ": no PostMaster answers there",
                  "check the URL's path");
}

CheckStep judge_protocol(const EndpointAnswers& answers)
{
    const mail::web::HttpAnswer& last = answers.last();
    if (answers.is_original) return judge_original(last);
    if (last.status == 405 && is_problem(last) && last.allow.find("POST") != std::string::npos)
        return {"protocol", Result::ok, "lease"};
    return failed("protocol", answered(last) + " where 405 from a postmaster was due",
                  "check the URL's path; for the Python PostMaster: --protocol original");
}

}  // namespace

mail::web::HttpQuestion harmless_question(bool is_original)
{
    mail::web::HttpQuestion question;
    question.method = is_original ? "OPTIONS" : "GET";
    question.target = is_original ? "/" : "/v1/leases";
    question.deadline = seconds(30);
    return question;
}

std::vector<CheckStep> judge_tls(const mail::web::TlsFacts& facts, const std::string& host,
                                 const std::optional<mail::Error>& error, mail::WallTime now)
{
    if (facts.version.empty())
        return {failed("tls", error ? error->step : "no handshake",
                       "is this the port of nginx's `listen … ssl`? A client certificate is given "
                       "with --cert and --key")};
    CheckStep tls{"tls", Result::ok, facts.version};
    if (facts.fault == mail::web::CertificateFault::none)
        return {std::move(tls), judge_dates(facts, host, now)};
    return {std::move(tls),
            failed("certificate", error ? error->step : "refused", mend_certificate(facts, host))};
}

std::optional<CheckStep> judge_clock(std::string_view date, mail::WallTime before,
                                     mail::WallTime after)
{
    const auto told = mail::web::parse_http_date(date);
    if (!told) return std::nullopt;
    auto apart = seconds(0);
    if (*told + seconds(1) < before) apart = duration_cast<seconds>(*told - before);
    if (*told > after) apart = duration_cast<seconds>(*told - after);
    const std::string detail = std::to_string(std::abs(apart.count())) + " s " +
                               (apart.count() < 0   ? "behind ours"
                                : apart.count() > 0 ? "ahead of ours"
                                                    : "apart");
    if (std::chrono::abs(apart) <= kClockWarning) return CheckStep{"clock", Result::ok, detail};
    return CheckStep{"clock", Result::warning, "the server's clock is " + detail,
                     "run an NTP client on both hosts: timedatectl"};
}

std::vector<CheckStep> judge_answers(const EndpointAnswers& answers)
{
    std::vector<CheckStep> steps;
    for (const auto judge : {&judge_http, &judge_login, &judge_protocol}) {
        steps.push_back(judge(answers));
        if (steps.back().result == Result::failed) break;
    }
    return steps;
}

}  // namespace postman
