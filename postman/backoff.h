/// How long a watching courier waits before it asks an endpoint again that did not answer.
#pragma once

#include <chrono>

#include "postman/retry.h"

namespace postman
{

class Backoff
{
public:
    explicit Backoff(Chance chance) : chance_(std::move(chance)) {}

    void succeeded() { failures_ = 0; }
    /// Full jitter over 1, 2, 4 … 60 s, at least one second.
    [[nodiscard]] std::chrono::seconds failed()
    {
        return retry_delay(++failures_, chance_, std::chrono::seconds(1), std::chrono::seconds(60));
    }

private:
    Chance chance_;
    std::uint32_t failures_ = 0;
};

}  // namespace postman
