#include "postmaster/gate_setup.h"

#include "common/log.h"
#include "common/spool/message_id_key.h"
#include "postmaster/privacy_rules.h"

namespace postmaster
{

using mail::Result;
namespace log = mail::log;

namespace
{

void log_learned(const PrivacyRules& rules)
{
    for (const auto& value : rules.inspection.scrub.origin.all())
        if (value.learned) log::info("origin learned", {{"value", value.value}});
    for (const auto& value : rules.left_out)
        log::info("origin learned, but public by the settings", {{"value", value.value}});
}

}  // namespace

Result<GateSetup> set_up_gate(const Settings& settings)
{
    const mail::SpoolLayout layout(settings.spool);
    auto key = mail::message_id_key(layout, mail::system_files());
    if (!key) return key.error();
    auto rules = privacy_rules(settings, std::move(*key));
    if (!rules) return rules.error();
    log_learned(*rules);

    GateSetup setup;
    if (!settings.courier_name.empty()) {
        auto loops = LoopGuard::open(layout, settings.courier_name);
        if (!loops) return loops.error();
        setup.loops = std::move(*loops);
    }
    if (settings.gate == "report") {
        auto report = GateReport::open(layout);
        if (!report) return report.error();
        setup.report = std::move(*report);
        log::warning("the gate only reports: mail that shows the origin goes out");
    }
    setup.gate =
        std::make_unique<Gate>(std::move(rules->inspection), setup.loops.get(), setup.report.get());
    return setup;
}

void log_held(const HeldCounts& counts)
{
    const auto of = [&counts](HeldFor why) { return counts[static_cast<std::size_t>(why)]; };
    log::info("mails held since the start", {{"envelope", of(HeldFor::envelope)},
                                             {"header", of(HeldFor::header)},
                                             {"text", of(HeldFor::text)},
                                             {"attachment", of(HeldFor::attachment)},
                                             {"unknown", of(HeldFor::unknown)},
                                             {"loop", of(HeldFor::loop)}});
}

}  // namespace postmaster
