#include "postoffice/transfer_watch.h"

namespace postoffice
{

bool TransferWatch::check(mail::BootTime now, std::uint64_t bytes)
{
    if (now - start_ > kCap) return false;
    if (now - start_ < kGrace) {
        window_start_ = now;
        window_bytes_ = bytes;
        return true;
    }
    const auto open_for = now - window_start_;
    if (open_for < kWindow) return true;
    const auto least = kLeastBytesPerSecond *
                       std::uint64_t(std::chrono::floor<std::chrono::seconds>(open_for).count());
    if (bytes - window_bytes_ < least) return false;
    window_start_ = now;
    window_bytes_ = bytes;
    return true;
}

}  // namespace postoffice
