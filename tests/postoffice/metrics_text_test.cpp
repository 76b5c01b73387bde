#include "postoffice/metrics_text.h"

#include <doctest/doctest.h>

using namespace postoffice;

namespace
{

bool has(const std::string& text, const char* line)
{
    return text.find(std::string("\n") + line + "\n") != std::string::npos;
}

}  // namespace

TEST_SUITE("postoffice/metrics")
{
    TEST_CASE("refusals are counted by their codes")
    {
        ConnectionCounts connections;
        for (int i = 0; i < 3; ++i) connections.refusals.add(replies::too_big());
        connections.refusals.add(replies::no_room());
        connections.refusals.add({554, "5.4.6", "Looks like a loop"});
        connections.too_many.add(2);
        const std::string text = metrics_text({}, connections, {});
        CHECK(has(text, "postoffice_refusals_total{code=\"552\",enhanced=\"5.3.4\"} 3"));
        CHECK(has(text, "postoffice_refusals_total{code=\"452\",enhanced=\"4.3.1\"} 1"));
        CHECK(has(text, "postoffice_refusals_total{code=\"554\",enhanced=\"5.4.6\"} 1"));
        CHECK(has(text, "postoffice_connections_refused_total{reason=\"too_many\"} 2"));
        CHECK(has(text, "postoffice_connections_refused_total{reason=\"not_allowed\"} 0"));
    }

    TEST_CASE(
        "mail over HTTP is counted by its way and what became of it, where it is taken at all")
    {
        http::IntakeCounts counts;
        counts.messages.taken.add(3);
        counts.form.of(http::RouteOutcome::Kind::put_off).add();
        const std::string text = metrics_text({}, {}, {}, &counts);
        CHECK(has(text, "postoffice_http_requests_total{way=\"messages\",result=\"taken\"} 3"));
        CHECK(has(text, "postoffice_http_requests_total{way=\"form\",result=\"put_off\"} 1"));
        CHECK(has(text, "postoffice_http_requests_total{way=\"form\",result=\"refused\"} 0"));
        CHECK(metrics_text({}, {}, {}).find("_http_") == std::string::npos);
    }

    TEST_CASE("more kinds of refusals than there is room for do no harm")
    {
        RefusalCounts counts;
        for (int code = 400; code < 500; ++code) counts.add({code, "4.0.0", ""});
        CHECK(counts.read().size() == RefusalCounts::kMost);
    }

    TEST_CASE("a stopped intake is an alarm with its reason")
    {
        SpoolState spool;
        spool.room = mail::Room{5 * 1024 * 1024, 0, 0, 0};
        CHECK(alarms_of(spool).empty());
        CHECK(
            has(metrics_text({}, {}, spool), "postoffice_intake_stopped{reason=\"low_water\"} 0"));
        spool.has_room = false;
        CHECK(alarms_of(spool) ==
              std::vector<std::string>{
                  "intake stopped: the spool's disk is below the mark (5 MiB free)"});
        CHECK(
            has(metrics_text({}, {}, spool), "postoffice_intake_stopped{reason=\"low_water\"} 1"));
        spool.is_lost = true;
        CHECK(alarms_of(spool).size() == 1);
        CHECK(
            has(metrics_text({}, {}, spool), "postoffice_intake_stopped{reason=\"low_water\"} 0"));
        CHECK(has(metrics_text({}, {}, spool), "postoffice_intake_stopped{reason=\"lost\"} 1"));
    }
}
