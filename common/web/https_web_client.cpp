#include "common/web/https_web_client.h"

#include <mutex>
#include <vector>

#include "common/web/http_exchange.h"
#include "common/web/retry_after.h"
#include "common/web/web_url.h"

namespace mail::web
{
namespace
{

constexpr std::size_t kMostIdle = 16;

bool is_sound_header(std::string_view name, std::string_view value)
{
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
    for (const char c : name)
        if (is_control(c) || c == ':' || c == ' ') return false;
    for (const char c : value)
        if (is_control(c) && c != '\t') return false;
    return !name.empty();
}

mail::Result<mail::Done> check_headers(const WebRequest& request)
{
    for (const auto& [name, value] : request.headers)
        if (!is_sound_header(name, value))
            return mail::Error{mail::ErrorKind::malformed,
                               "the header " + name + " holds a control character"};
    if (!is_sound_header("Content-Type", request.content_type))
        return mail::Error{mail::ErrorKind::malformed, "the content type is not sound"};
    return mail::Done{};
}

class HttpsWebClient final : public WebClient
{
public:
    HttpsWebClient(const WebClientOptions& options, const mail::Clock& clock) : clock_(clock)
    {
        credentials_.ca_file = options.ca_file;
        credentials_.ca_option = options.ca_option;
    }

    mail::Result<WebAnswer> ask(const WebRequest& request, std::stop_token stop) override
    {
        auto url = parse_web_url(request.url);
        if (!url) return std::move(url).error();
        if (auto ok = check_headers(request); !ok) return std::move(ok).error();
        auto taken = take(url->server);
        if (!taken) return std::move(taken).error();
        std::string body;
        auto answer = (*taken)->ask(question_for(request, url->target), into(body), stop);
        if (!answer) return std::move(answer).error();
        give_back(url->server, std::move(*taken));
        return WebAnswer{answer->status, std::move(answer->content_type),
                         parse_retry_after(answer->retry_after, clock_.wall()), std::move(body)};
    }

private:
    struct Idle {
        EndpointUrl server;
        std::unique_ptr<HttpExchange> exchange;
    };

    static HttpExchange::Sink into(std::string& body)
    {
        return [&body](std::string_view piece) {
            body.append(piece);
            return true;
        };
    }

    static HttpQuestion question_for(const WebRequest& request, const std::string& target)
    {
        return {.method = request.method,
                .target = target,
                .body = request.body,
                .deadline = request.deadline,
                .max_bytes = request.max_bytes,
                .content_type = request.content_type,
                .headers = request.headers,
                .takes_any_body = true,
                .may_have_arrived = request.may_have_arrived};
    }

    mail::Result<std::unique_ptr<HttpExchange>> take(const EndpointUrl& server)
    {
        {
            const std::scoped_lock lock(mutex_);
            for (auto idle = idle_.begin(); idle != idle_.end(); ++idle) {
                if (idle->server != server) continue;
                auto exchange = std::move(idle->exchange);
                idle_.erase(idle);
                return exchange;
            }
        }
        return HttpExchange::make(server, credentials_);
    }

    void give_back(const EndpointUrl& server, std::unique_ptr<HttpExchange> exchange)
    {
        const std::scoped_lock lock(mutex_);
        if (idle_.size() == kMostIdle) idle_.erase(idle_.begin());
        idle_.push_back({server, std::move(exchange)});
    }

    const mail::Clock& clock_;
    HttpCredentials credentials_;
    std::mutex mutex_;
    std::vector<Idle> idle_;
};

}  // namespace

std::unique_ptr<WebClient> make_web_client(const WebClientOptions& options,
                                           const mail::Clock& clock)
{
    return std::make_unique<HttpsWebClient>(options, clock);
}

}  // namespace mail::web
