#include "postoffice/subcommand.h"
#include "postoffice/submit/sendmail_commands.h"

namespace postoffice
{

Subcommands all_subcommands()
{
    Subcommands subcommands;
    submit::add_sendmail_commands(subcommands);
    return subcommands;
}

}  // namespace postoffice
