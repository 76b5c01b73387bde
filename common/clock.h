/// Time, as a seam: tests move it, programs read the system's.
///
/// Dates come from the wall clock. Leases, timeouts and back-off count on the boot clock
/// (CLOCK_BOOTTIME), which never jumps; a stored boot time means something only together with
/// the boot id it was read under.
#pragma once

#include <chrono>
#include <string>

namespace mail
{

using WallTime = std::chrono::system_clock::time_point;
using BootTime = std::chrono::milliseconds;  // since boot, suspended time included

class Clock
{
public:
    virtual ~Clock() = default;
    virtual WallTime wall() const = 0;
    virtual BootTime boot() const = 0;
    /// The kernel's random id of this boot, 32 hex digits with dashes as the kernel prints it.
    virtual std::string boot_id() const = 0;
};

/// The system's clocks. One object for the whole program.
const Clock& system_clock();

/// "2026-11-20T08:27:27.123456": UTC without a zone letter, as records carry it.
std::string record_timestamp(WallTime time);
/// "2026-11-20T08:27:27Z" (RFC 3339), for answers and logs.
std::string rfc3339(WallTime time);

}  // namespace mail
