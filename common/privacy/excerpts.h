/// Passes on only where something stands that a decoder would change, with enough of the text
/// around it: what a value is cut by elsewhere needs no second look.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

class Excerpts : public OctetSink
{
public:
    /// Text before and behind; values up to this long are never cut.
    static constexpr std::size_t kAround = 4096;

    /// is_wanted  may say yes too often, above all at a piece's end
    Excerpts(OctetSink& out, bool (*is_wanted)(std::string_view piece))
        : out_(out), is_wanted_(is_wanted)
    {
    }

    bool feed(std::string_view text) override;
    void finish() override { out_.finish(); }

private:
    void keep(std::string_view text);

    OctetSink& out_;
    bool (*is_wanted_)(std::string_view);
    bool is_open_ = false;
    std::size_t quiet_ = 0;  // octets passed since the last that was wanted
    std::string before_;     // the last octets that were not passed
};

}  // namespace mail::privacy
