#include "common/metrics/pages.h"

#include <arpa/inet.h>

namespace mail::metrics
{
namespace
{

using http::Answer;
using http::problem;

bool is_address(int family, const std::string& text)
{
    unsigned char bytes[16];
    return ::inet_pton(family, text.c_str(), bytes) == 1;
}

bool is_rebound(const http::Request& request)
{
    return request.peer != "unix" && !is_local_host(http::find_field(request.fields, "Host"));
}

}  // namespace

void Pages::add(std::string path, Page page)
{
    pages_.emplace_back(std::move(path), std::move(page));
}

Answer Pages::handle(const http::Request& request) const
{
    if (is_rebound(request)) return problem(403, "Ask by address, or as localhost.");
    for (const auto& [path, page] : pages_) {
        if (path != request.path) continue;
        if (request.method == "GET" || request.method == "HEAD") return page();
        Answer refusal = problem(405, "This is for reading alone.");
        refusal.fields.emplace_back("Allow", "GET, HEAD");
        return refusal;
    }
    return problem(404, "There is nothing here of this name.");
}

Answer text_page(std::string text, std::string_view type)
{
    Answer answer;
    answer.type = type;
    answer.body = std::move(text);
    answer.fields.emplace_back("X-Content-Type-Options", "nosniff");
    return answer;
}

Answer alarms_page(const std::vector<std::string>& alarms)
{
    std::string text;
    for (const std::string& alarm : alarms) text.append(alarm).append("\n");
    Answer answer =
        text_page(alarms.empty() ? "ok\n" : std::move(text), "text/plain; charset=utf-8");
    if (!alarms.empty()) answer.status = 503;
    return answer;
}

bool is_local_host(std::string_view host)
{
    if (host.starts_with('[')) {
        const auto close = host.find(']');
        return close != std::string_view::npos &&
               is_address(AF_INET6, std::string(host.substr(1, close - 1)));
    }
    const std::string name(host.substr(0, host.find(':')));
    return name.empty() || name == "localhost" || is_address(AF_INET, name);
}

}  // namespace mail::metrics
