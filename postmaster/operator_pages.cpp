#include "postmaster/operator_pages.h"

#include "common/metrics/exposition.h"
#include "postmaster/alarms.h"
#include "postmaster/metrics_text.h"
#include "postmaster/status_page.h"

namespace postmaster
{
namespace
{

using mail::metrics::text_page;

mail::http::Answer status_answer(Observer& observer)
{
    Status status{observer.look(), std::nullopt, observer.day()};
    if (auto kept = observer.newest_kept()) status.kept = std::move(*kept);
    auto answer = text_page(status_page(status), "text/html; charset=utf-8");
    answer.fields.emplace_back("Content-Security-Policy", kStatusPagePolicy);
    answer.fields.emplace_back("Referrer-Policy", "no-referrer");
    return answer;
}

}  // namespace

void add_pages(mail::metrics::Pages& pages, Observer& observer)
{
    pages.add("/metrics", [&observer] {
        return text_page(metrics_text(observer.look()), mail::metrics::kTextType);
    });
    pages.add("/alarms",
              [&observer] { return mail::metrics::alarms_page(alarms_of(observer.look())); });
    pages.add("/", [&observer] { return status_answer(observer); });
}

}  // namespace postmaster
