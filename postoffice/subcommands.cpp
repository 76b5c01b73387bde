#include "postoffice/subcommand.h"

namespace postoffice
{

Subcommands all_subcommands()
{
    Subcommands subcommands;
    return subcommands;
}

}  // namespace postoffice
