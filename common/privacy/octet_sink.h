/// Where a decoder puts its octets: piece by piece, so that no part is ever held whole.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace mail::privacy
{

class OctetSink
{
public:
    virtual ~OctetSink() = default;
    /// A piece is good during the call only. False: enough, nothing more is wanted.
    virtual bool feed(std::string_view octets) = 0;
    /// No more comes: what was kept back for the next piece goes on.
    virtual void finish() {}
};

/// Keeps all of it.
class StringSink : public OctetSink
{
public:
    bool feed(std::string_view octets) override
    {
        octets_.append(octets);
        return true;
    }
    void reserve(std::size_t size) { octets_.reserve(size); }
    std::string take() { return std::move(octets_); }

private:
    std::string octets_;
};

/// Two sinks as one; it has enough when both have.
class Tee : public OctetSink
{
public:
    Tee(OctetSink& first, OctetSink& second) : first_(first), second_(second) {}

    bool feed(std::string_view octets) override
    {
        wants_first_ = wants_first_ && first_.feed(octets);
        wants_second_ = wants_second_ && second_.feed(octets);
        return wants_first_ || wants_second_;
    }
    void finish() override
    {
        first_.finish();
        second_.finish();
    }

private:
    OctetSink& first_;
    OctetSink& second_;
    bool wants_first_ = true;
    bool wants_second_ = true;
};

/// Gathers single octets into pieces of up to 16 KiB. What is left at the end needs flush().
class OctetBuffer
{
public:
    static constexpr std::size_t kSize = 16 * 1024;

    explicit OctetBuffer(OctetSink& out) : out_(out) {}
    OctetBuffer(const OctetBuffer&) = delete;
    OctetBuffer& operator=(const OctetBuffer&) = delete;

    void put(char octet)
    {
        if (used_ == kSize) flush();
        octets_[used_++] = octet;
    }

    void put(std::string_view octets)
    {
        while (!octets.empty()) {
            if (used_ == kSize) flush();
            const auto size = std::min(octets.size(), kSize - used_);
            std::copy_n(octets.data(), size, octets_.data() + used_);
            used_ += size;
            octets.remove_prefix(size);
        }
    }

    /// At least `size` octets (up to kSize) of room; what was put there is told with advance().
    char* room(std::size_t size)
    {
        if (kSize - used_ < size) flush();
        return octets_.data() + used_;
    }
    void advance(std::size_t size) { used_ += size; }

    void flush()
    {
        if (used_ > 0 && is_wanted_) is_wanted_ = out_.feed({octets_.data(), used_});
        used_ = 0;
    }

    /// False once the sink had enough.
    bool is_wanted() const { return is_wanted_; }

private:
    OctetSink& out_;
    std::size_t used_ = 0;
    bool is_wanted_ = true;
    std::array<char, kSize> octets_;
};

}  // namespace mail::privacy
