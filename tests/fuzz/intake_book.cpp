/// The intake's book: any bytes as a line of it, and any bytes as its file, are read to their end,
/// and what was read is read again the same.
#include "postoffice/http/intake_book.h"

#include <cstdint>
#include <cstdlib>

#include "common/checked_line.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace postoffice::http;

namespace
{

/// The file as it is, and with sums that are right.
void open_book(std::string_view text, bool is_whole)
{
    mail::test::MemoryFiles files;
    const mail::test::ManualClock clock;
    std::string content(text);
    if (!is_whole) {
        content = "postoffice-journal 3\n" + mail::checked_line(3, "checkpoint");
        content += mail::checked_line(3, text.substr(0, text.find('\n')));
    }
    files.set_text("/spool/state/http-intake.0", content);
    const auto book =
        IntakeBook::open(mail::SpoolLayout("/spool"), files, clock, {.nonces = 4, .answers = 4});
    if (!book) std::abort();
    static_cast<void>((*book)->begin({"nonce-of-a-request-1001", "key", std::string(64, 'd')}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto entries = parse_entries(text);
    std::string payload;
    for (const BookEntry& entry : entries) append_entry(payload, entry);
    if (parse_entries(payload) != entries) std::abort();
    open_book(text, true);
    open_book(text, false);
    return 0;
}
