/// The octets after DATA, as common/smtp writes them for every client.
#pragma once

#include "common/smtp/data_writer.h"

namespace postman::smtp
{

using mail::smtp::could_end_early;
using mail::smtp::DataWriter;

}  // namespace postman::smtp
