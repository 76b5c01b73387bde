/// Random bytes of the kernel's, for ids and tokens.
#pragma once

#include <cstddef>
#include <string>

namespace mail
{

/// Fills `out`. Blocks only while the kernel's pool is not ready, early at boot.
void fill_random(void* out, std::size_t size);
/// 128 random bits as 32 lower-case hex digits.
[[nodiscard]] std::string random_token();

}  // namespace mail
