/// How a program ends (sysexits.h): what callers of a sendmail, cron and systemd read.
#pragma once

namespace mail
{

inline constexpr int kExitUsage = 64;          // EX_USAGE: the command line
inline constexpr int kExitData = 65;           // EX_DATAERR: the message
inline constexpr int kExitNoInput = 66;        // EX_NOINPUT: nothing came in
inline constexpr int kExitUnavailable = 69;    // EX_UNAVAILABLE
inline constexpr int kExitSoftware = 70;       // EX_SOFTWARE: a bug
inline constexpr int kExitInput = 74;          // EX_IOERR: the input broke off
inline constexpr int kExitTemporary = 75;      // EX_TEMPFAIL: try again
inline constexpr int kExitNoPermission = 77;   // EX_NOPERM
inline constexpr int kExitConfiguration = 78;  // EX_CONFIG

}  // namespace mail
