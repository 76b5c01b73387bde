/// What a server offers, as common/smtp reads it for every client.
#pragma once

#include "common/smtp/capabilities.h"
#include "postman/smtp/reply.h"

namespace postman::smtp
{

using mail::smtp::Capabilities;
using mail::smtp::parse_capabilities;

}  // namespace postman::smtp
