/// sendmail, mailq, newaliases and mail as commands of postoffice: what --help, the manuals and the
/// completion tell of them. Their command lines are read elsewhere (sendmail_main.h), before CLI11
/// sees them.
#pragma once

#include "postoffice/subcommand.h"

namespace postoffice::submit
{

void add_sendmail_commands(Subcommands& subcommands);

}  // namespace postoffice::submit
