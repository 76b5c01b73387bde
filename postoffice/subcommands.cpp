#include "postoffice/compose/compose_command.h"
#include "postoffice/pickup/pickup_command.h"
#include "postoffice/subcommand.h"
#include "postoffice/submit/sendmail_commands.h"

namespace postoffice
{

Subcommands all_subcommands()
{
    Subcommands subcommands;
    submit::add_sendmail_commands(subcommands);
    subcommands.push_back(std::make_unique<PickupCommand>());
    subcommands.push_back(std::make_unique<ComposeCommand>());
    return subcommands;
}

}  // namespace postoffice
