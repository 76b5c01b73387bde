#include "common/privacy/inflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace mail::privacy
{
namespace
{

constexpr std::size_t kFreeOfRatio = 64 * 1024;

class Inflater
{
public:
    explicit Inflater(DeflateFormat format)
    {
        const int window = format == DeflateFormat::gzip ? 16 + MAX_WBITS : -MAX_WBITS;
        is_open_ = ::inflateInit2(&stream_, window) == Z_OK;
    }
    ~Inflater()
    {
        if (is_open_) ::inflateEnd(&stream_);
    }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    Inflated run(std::string_view packed, const InflateBounds& bounds)
    {
        Inflated result;
        if (!is_open_) return result;
        constexpr auto kMost = std::numeric_limits<uInt>::max();
        auto* in = reinterpret_cast<const Bytef*>(packed.data());
        stream_.next_in = const_cast<Bytef*>(in);  // zlib only reads it
        stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(packed.size(), kMost));
        int status = Z_OK;
        while (status == Z_OK && !result.is_too_much) {
            stream_.next_out = piece_.data();
            stream_.avail_out = static_cast<uInt>(piece_.size());
            status = ::inflate(&stream_, Z_NO_FLUSH);
            result.read = static_cast<std::size_t>(stream_.next_in - in);
            const auto came = piece_.size() - stream_.avail_out;
            take({reinterpret_cast<const char*>(piece_.data()), came}, bounds, result);
        }
        result.is_whole = status == Z_STREAM_END;
        return result;
    }

private:
    static void take(std::string_view came, const InflateBounds& bounds, Inflated& result)
    {
        const auto by_ratio = result.read * bounds.ratio + kFreeOfRatio;
        const auto most = std::min(bounds.octets, by_ratio);
        const auto room = most - std::min(most, result.octets.size());
        result.is_too_much = came.size() > room;
        result.octets.append(came.substr(0, room));
    }

    z_stream stream_{};
    bool is_open_ = false;
    std::array<Bytef, 16 * 1024> piece_;
};

}  // namespace

Inflated inflate_front(std::string_view packed, DeflateFormat format, const InflateBounds& bounds)
{
    return Inflater(format).run(packed, bounds);
}

}  // namespace mail::privacy
