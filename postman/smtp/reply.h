/// A server's replies, as common/smtp has them for every client.
#pragma once

#include "common/smtp/reply.h"

namespace postman::smtp
{

using mail::smtp::Reply;
using mail::smtp::ReplyParser;

}  // namespace postman::smtp
