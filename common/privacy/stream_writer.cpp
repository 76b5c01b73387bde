#include "common/privacy/stream_writer.h"

#include <algorithm>
#include <utility>

namespace mail::privacy
{

void StreamWriter::write(Stream stream, const Place& place, std::string_view octets)
{
    if (octets.empty() || !wants(stream)) return;
    begin(stream, place);
    feed(octets);
    end();
}

void StreamWriter::begin(Stream stream, const Place& place)
{
    is_raw_ = stream == Stream::raw;
    if (place.stream == stream) return sink_.begin(place);
    Place own = place;
    own.stream = stream;
    sink_.begin(own);
}

bool StreamWriter::feed(std::string_view octets)
{
    if (is_raw_) {
        sink_.feed(octets);
        return true;
    }
    const auto room = limits_.decoded_bytes - decoded_bytes_;
    const auto size = std::min<std::uint64_t>(octets.size(), room);
    decoded_bytes_ += size;
    if (size > 0) sink_.feed(octets.substr(0, size));
    if (size < octets.size()) {
        full_ = true;
        stop(in_mebibytes(limits_.decoded_bytes) + " decoded");
    }
    return !full_;
}

void StreamWriter::end()
{
    sink_.end();
}

void StreamWriter::stop(std::string why)
{
    if (result_.is_complete) result_.why = std::move(why);
    result_.is_complete = false;
}

bool StreamOutput::feed(std::string_view octets)
{
    if (!writer_.wants(stream_)) return false;
    if (!has_begun_) writer_.begin(stream_, place_);
    has_begun_ = true;
    return writer_.feed(octets);
}

void StreamOutput::finish()
{
    if (has_begun_) writer_.end();
    has_begun_ = false;
}

std::string in_mebibytes(std::uint64_t bytes)
{
    constexpr std::uint64_t kMebibyte = 1024 * 1024;
    if (bytes % kMebibyte != 0) return std::to_string(bytes) + " bytes";
    return std::to_string(bytes / kMebibyte) + " MiB";
}

}  // namespace mail::privacy
