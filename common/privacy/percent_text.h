/// Percent-encoding (RFC 3986 2.1), wherever it stands.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

/// Is there an escape `%XX` in it?
[[nodiscard]] bool has_percent_escape(std::string_view text);
/// The same for a piece: also where its end may have cut one.
[[nodiscard]] bool may_have_percent_escape(std::string_view piece);
/// Escapes become octets; what is none stays.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// The same piece by piece; an escape may be cut between two.
class PercentDecoder : public OctetSink
{
public:
    explicit PercentDecoder(OctetSink& octets) : out_(octets), next_(octets) {}

    bool feed(std::string_view text) override;
    void finish() override;

private:
    OctetBuffer out_;
    OctetSink& next_;
    std::string cut_;  // the front of what may be an escape
};

}  // namespace mail::privacy
