/// The intake's book: any bytes as a line of it are read to their end, what was read is read again
/// the same, and a book opens on it. (Any bytes as the file: journal.cpp.)
#include "postoffice/http/intake_book.h"

#include <cstdint>
#include <cstdlib>

#include "common/checked_line.h"
#include "tests/support/manual_clock.h"
#include "tests/support/memory_files.h"

using namespace postoffice::http;

namespace
{

void open_book(std::string_view line)
{
    mail::test::MemoryFiles files;
    const mail::test::ManualClock clock;
    const std::string content = "postoffice-journal 3\n" + mail::checked_line(3, "checkpoint") +
                                mail::checked_line(3, line);
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
    if (!entries.empty()) open_book(text.substr(0, text.find('\n')));
    return 0;
}
