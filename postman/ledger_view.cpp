#include "postman/ledger_view.h"

namespace postman
{
namespace
{

constexpr std::uint64_t kMaxLedgerBytes = std::uint64_t{8} << 30;

}  // namespace

mail::Result<LedgerView> LedgerView::read(const std::string& dir, mail::Files& files)
{
    LedgerView view;
    for (const char* name : {"/ledger", "/ledger.failed"}) {
        const auto text = files.read_all(dir + name, kMaxLedgerBytes);
        if (!text && text.error().kind == mail::ErrorKind::missing) continue;
        if (!text) return text.error();
        view.take_in(*text);
        break;
    }
    for (const auto& [key, standing] : view.standings_) {
        ++view.summary_.recipients;
        if (standing.is_done)
            view.summary_.unconfirmed += standing.is_confirmed ? 0 : 1;
        else if (standing.unended > 0)
            ++view.summary_.open;
        else if (standing.attempts > 0)
            ++view.summary_.deferred;
    }
    return view;
}

/// A torn last line is one that is just being written.
void LedgerView::take_in(std::string_view text)
{
    summary_.octets = text.size();
    const bool ends_torn = !text.empty() && text.back() != '\n';
    while (!text.empty()) {
        if (text.front() == '\n') {
            text.remove_prefix(1);
            continue;
        }
        const auto line = take_ledger_line(text);
        if (!line)
            summary_.damaged += text.empty() && ends_torn ? 0 : 1;
        else if (line->event == LedgerEvent::forgotten)
            standings_.erase(line->key);
        else
            standings_[line->key] = line->standing;
    }
}

Standing LedgerView::standing(const mail::SpoolId& id, std::string_view recipient) const
{
    const auto found = standings_.find(LedgerKey::of(id, recipient));
    return found == standings_.end() ? Standing{} : found->second;
}

}  // namespace postman
