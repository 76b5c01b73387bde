#include "common/spool/handed_calendar.h"

#include <algorithm>
#include <optional>
#include <sstream>

namespace mail
{
namespace
{

using std::chrono::milliseconds;

constexpr std::uint64_t kMaxNoteBytes = 256;
constexpr std::chrono::hours kOverReboot{24};

milliseconds since_1970(WallTime time)
{
    return std::chrono::floor<milliseconds>(time.time_since_epoch());
}

/// "date boot-time boot-id", both times in milliseconds.
struct Noted {
    milliseconds date{0};
    BootTime boot{0};
    std::string boot_id;
};

std::optional<Noted> parse(const std::string& text)
{
    std::istringstream fields(text);
    std::int64_t date = 0, boot = 0;
    Noted noted;
    if (!(fields >> date >> boot >> noted.boot_id)) return std::nullopt;
    noted.date = milliseconds(date);
    noted.boot = BootTime(boot);
    return noted;
}

}  // namespace

WallTime HandedCalendar::now(const Clock& clock)
{
    const milliseconds wall = since_1970(clock.wall());
    milliseconds today = wall;
    const auto text = files_.read_all(note_, kMaxNoteBytes);
    if (const auto noted = text ? parse(*text) : std::nullopt) {
        const bool same_boot = noted->boot_id == clock.boot_id();
        const milliseconds passed =
            same_boot ? clock.boot() - noted->boot : kOverReboot + clock.boot();
        today = std::min(wall, noted->date + passed);
    }
    const WallTime date{today};
    write(date, clock);
    return date;
}

void HandedCalendar::write(WallTime today, const Clock& clock)
{
    const std::string aside = note_ + ".new";
    static_cast<void>(files_.unlink(aside));
    auto file = files_.create_exclusive(aside);
    if (!file) return;
    const std::string text = std::to_string(since_1970(today).count()) + " " +
                             std::to_string(clock.boot().count()) + " " + clock.boot_id() + "\n";
    if ((*file)->write_all(text)) static_cast<void>(files_.rename_over(aside, note_));
}

}  // namespace mail
