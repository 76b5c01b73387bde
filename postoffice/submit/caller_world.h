/// What the process around a sendmail tells: its environment, its user, its settings' file, its
/// standard input. A set-uid start is not fooled: then environment and given files do not count.
#pragma once

#include <string>
#include <vector>

#include "common/result.h"
#include "postoffice/submit/sendmail_arguments.h"
#include "postoffice/submit/settings.h"

namespace postoffice::submit
{

inline constexpr std::size_t kMaxMessageBytes = std::size_t{256} << 20;

/// Real and effective user or group differ, or the kernel says so (AT_SECURE).
[[nodiscard]] bool runs_for_another();
/// Nothing where it is not set, or must not count.
[[nodiscard]] std::optional<std::string> environment(const std::string& name);
/// The login name of the real user; with `by_environment` $USER or $LOGNAME goes first.
[[nodiscard]] std::string user_name(bool by_environment);

/// All sources in one. errors  as resolve_settings(); refused: the file cannot be read
[[nodiscard]] mail::Result<Settings> read_settings(const SendmailArguments& arguments);

/// errors  refused: over kMaxMessageBytes; temporary: it broke off
/// blocks  until its end; on a terminal, and without `ignores_dots`, until a lone dot
[[nodiscard]] mail::Result<std::string> read_input(bool ignores_dots);

}  // namespace postoffice::submit
