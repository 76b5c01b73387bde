/// How late it is for state/handed/, where mails are kept for seven days. The wall clock may jump a
/// week ahead, and must not empty it: days pass there no faster than on the boot clock. A note in
/// state/ carries the date over a restart; over a reboot, at most a day is believed besides the
/// time since the boot. So mails may be kept longer than seven days, and never shorter.
#pragma once

#include <string>

#include "common/clock.h"
#include "common/spool/files.h"

namespace mail
{

class HandedCalendar
{
public:
    /// note  a file that need not be there yet
    HandedCalendar(std::string note, Files& files) : note_(std::move(note)), files_(files) {}

    /// Never later than the wall clock. Reads and writes the note, unsynced: what is lost of it
    /// only keeps mails longer.
    [[nodiscard]] WallTime now(const Clock& clock);

private:
    void write(WallTime today, const Clock& clock);

    std::string note_;
    Files& files_;
};

}  // namespace mail
