/// The postmaster's answers: any bytes are an answer or an error, and what is read from one stays
/// within its bounds.
#include "postman/lease_answer.h"

#include <cstdint>
#include <cstdlib>

#include "postman/original_intake.h"
#include "postman/plan.h"

namespace
{

void read_mails(const postman::Batch& batch)
{
    for (const postman::HandedMail& mail : batch.mails) {
        const auto record = mail.read();
        if (!record) continue;
        if (record->id != mail.id) std::abort();
        const auto plan = postman::plan_delivery(
            *record, [](const std::string&) { return postman::Standing{}; },
            postman::Unconfirmed::resend);
        for (const std::string& recipient : plan.deliver)
            if (!postman::address_fault(recipient).empty()) std::abort();
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto body =
        std::make_shared<const std::string>(reinterpret_cast<const char*>(data), size);
    if (const auto batch = postman::parse_lease_answer(body)) {
        if (batch->lease.find_first_of("/.%? ") != std::string::npos) std::abort();
        read_mails(*batch);
    }
    static_cast<void>(postman::parse_settlement(*body));
    static_cast<void>(postman::parse_renewal(*body));
    static_cast<void>(postman::adopt_original(*body));
    return 0;
}
