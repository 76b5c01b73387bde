#include "postman/commands.h"

#include "postman/check_command.h"
#include "postman/oauth/auth_command.h"
#include "postman/oauth/broker_command.h"
#include "postman/oauth/token_command.h"
#include "postman/pickup_command.h"
#include "postman/send_command.h"
#include "postman/status_command.h"

namespace postman
{

Commands all_commands()
{
    Commands commands;
    commands.push_back(std::make_unique<StatusCommand>());
    commands.push_back(std::make_unique<CheckCommand>());
    commands.push_back(std::make_unique<AuthCommand>());
    commands.push_back(std::make_unique<TokenCommand>());
    commands.push_back(std::make_unique<BrokerCommand>());
    commands.push_back(std::make_unique<PickupCommand>());
    commands.push_back(std::make_unique<SendCommand>());
    return commands;
}

}  // namespace postman
