/// The ledger: any bytes are read without harm, and what is recorded behind them is read again.
#include "postman/ledger.h"

#include <cstdint>
#include <cstdlib>

#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using postman::LedgerEvent;
    const mail::SpoolId id = *mail::SpoolId::parse("01900000000070008000000000000001");
    mail::test::MemoryFiles files;
    mail::test::ManualClock clock;
    files.set_text("/state/ledger", std::string(reinterpret_cast<const char*>(data), size));
    postman::Ledger ledger("/state", std::chrono::hours(240), files, clock);
    if (!ledger.open()) std::abort();
    if (!ledger.record({{LedgerEvent::started, id, "ann@x"}, {LedgerEvent::done, id, "ann@x"}}))
        std::abort();
    const postman::Standing standing = ledger.standing(id, "ann@x");

    postman::Ledger again("/state", std::chrono::hours(240), files, clock);
    if (!again.open() || !(again.standing(id, "ann@x") == standing) || !standing.is_done)
        std::abort();
    return 0;
}
