#include "postoffice/metrics_pages.h"

#include "common/metrics/exposition.h"
#include "postoffice/metrics_text.h"

namespace postoffice
{

using namespace mail::metrics;

void add_pages(Pages& pages, const Server& server, mail::Intake& intake,
               const LatencyHistogram& syncs, const ServerOptions& options,
               const http::IntakeCounts* http)
{
    const auto look = [&intake, &syncs, &options, started = mail::system_clock().wall()] {
        SpoolState state;
        if (const auto room = mail::room_at(options.spool)) state.room = *room;
        state.is_lost = intake.is_lost();
        state.has_room = intake.has_room();
        state.started = started;
        state.syncs = syncs.read();
        return state;
    };
    pages.add("/metrics", [&server, look, http] {
        return text_page(metrics_text(server.stored(), server.connections(), look(), http),
                         kTextType);
    });
    pages.add("/alarms", [look] { return alarms_page(alarms_of(look())); });
}

}  // namespace postoffice
