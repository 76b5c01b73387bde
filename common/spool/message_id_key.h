/// The key under which Message-IDs are mapped: made once, kept in state/message-id.key (0600).
/// Losing it would break threads that are under way, so a damaged one is never replaced in silence.
#pragma once

#include <string>

#include "common/result.h"
#include "common/spool/files.h"
#include "common/spool/spool_layout.h"

namespace mail
{

inline constexpr std::size_t kMessageIdKeyBytes = 32;

/// Reads the key, or makes it where there is none. Durable when it returns.
/// errors  corrupt:   there, and not 32 bytes; the step says what to do
///         temporary: cannot be read or written
[[nodiscard]] Result<std::string> message_id_key(const SpoolLayout& layout, Files& files);

}  // namespace mail
