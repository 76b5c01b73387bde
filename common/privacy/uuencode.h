/// uuencode and its `-m` form, as they stand in the middle of a text: from `begin 644 name` to
/// `end`, from `begin-base64 644 name` to `====` (POSIX uuencode).
#pragma once

#include <string>
#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

/// Passes on the octets of all such blocks, whatever stands around them. A block that does not end
/// is read as long as its lines can be of one.
class UuencodeDecoder : public OctetSink
{
public:
    explicit UuencodeDecoder(OctetSink& octets) : out_(octets), next_(octets) {}

    bool feed(std::string_view text) override;
    void finish() override;

private:
    enum class State { outside, in_block, in_base64 };

    void take_line(std::string_view line);
    void take_block_line(std::string_view line);

    OctetBuffer out_;
    OctetSink& next_;
    State state_ = State::outside;
    std::string line_;           // its front, where a piece ended inside it
    bool is_line_long_ = false;  // longer than any that matters: passed over
};

[[nodiscard]] std::string decoded_uuencode(std::string_view text);

}  // namespace mail::privacy
