/// The state journal: any bytes replay to some book, and that book's snapshot replays to itself.
#include "common/spool/journal.h"

#include <cstdint>
#include <cstdlib>

#include "common/checked_line.h"
#include "common/spool/loan_book.h"

namespace
{

void replay_line_by_line(std::string_view text)
{
    mail::LoanBook book;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto change = mail::decode_change(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (change) book.apply(*change);
        static_cast<void>(book.end_expired(mail::BootTime{1000}));
    }
    mail::LoanBook again;
    for (const mail::Change& change : book.snapshot()) {
        const auto decoded = mail::decode_change(mail::encode_change(change));
        if (!decoded) std::abort();
        again.apply(*decoded);
    }
    if (again.next_expiry() != book.next_expiry()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static_cast<void>(mail::Journal::parse(text));
    replay_line_by_line(text);
    std::string journal = "postoffice-journal 3\n" + mail::checked_line(3, "checkpoint");
    const std::string payload(text.substr(0, text.find('\n')));
    journal += mail::checked_line(3, payload);
    const auto image = mail::Journal::parse(journal);
    if (image.generation != 3 || (payload != "checkpoint" && image.payloads.size() != 1))
        std::abort();
    return 0;
}
