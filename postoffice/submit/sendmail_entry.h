/// How postoffice comes to be a sendmail: with all the parts that a call may need.
#pragma once

#include <optional>

namespace postoffice::submit
{

/// Asked before CLI11: the command lines of sendmail, mailq, newaliases and mail are none of its,
/// but for their --help.
///
/// returns  the exit code; nothing where the call is another
[[nodiscard]] std::optional<int> run_if_sendmail(int argc, char** argv);

}  // namespace postoffice::submit
