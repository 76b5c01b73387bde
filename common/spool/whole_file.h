/// A file that is whole or not there: written aside, synced, then renamed to its name.
#pragma once

#include <string>
#include <string_view>

#include "common/spool/files.h"

namespace mail
{

/// What a run that died left at `aside` goes first; what is at `ready` already stays as it is, and
/// the call succeeds: the same text came twice.
///
/// errors  temporary: nothing is at `ready` that was not there before
/// blocks  for one sync. The name is durable only after a sync of its directory, by the caller.
[[nodiscard]] mail::Result<mail::Done> write_whole_file(mail::Files& files,
                                                        const std::string& aside,
                                                        const std::string& ready,
                                                        std::string_view text);

/// The same, but what is at `ready` is replaced.
[[nodiscard]] mail::Result<mail::Done> replace_whole_file(mail::Files& files,
                                                          const std::string& aside,
                                                          const std::string& ready,
                                                          std::string_view text);

}  // namespace mail
