#include "postman/last_look.h"

#include "common/privacy/inspection.h"

namespace postman
{

std::string last_look(mail::Record& record, const CarryRules& rules)
{
    if (!rules.gate) {
        record.content = mail::privacy::scrub(std::move(record.content), rules.scrub).content;
        return {};
    }
    auto inspection =
        mail::privacy::inspect(std::move(record.content), record.envelope, *rules.gate);
    record.content = std::move(inspection.content);
    record.envelope.reverse_path = std::move(inspection.envelope.reverse_path);
    const bool is_held = inspection.verdict == mail::privacy::Inspection::Verdict::held;
    return is_held ? "it shows the origin: " + inspection.reason : "";
}

}  // namespace postman
