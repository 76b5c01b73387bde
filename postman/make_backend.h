/// The way out that the options choose. Whoever delivers gets it here: the courier, `postman send`,
/// `postman pickup`.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "postman/delivery_backend.h"
#include "postman/options.h"

namespace postman
{

/// What is wrong with --deliver and the options that belong to it, for people.
[[nodiscard]] std::optional<std::string> fault_in_way_out(const PostmanOptions& options);

/// options  without such a fault
[[nodiscard]] std::unique_ptr<DeliveryBackend> make_backend(const PostmanOptions& options);

}  // namespace postman
