/// Text of two or four octets a character in the middle of anything: `w\0e\0b\01\0`. Office
/// documents and programs have it at odd places, and mail in UTF-16 often does not say so.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/privacy/octet_sink.h"

namespace mail::privacy
{

/// Passes on the runs of ASCII characters with one to three zeros after each, without the zeros; a
/// line feed after each run. Runs of fewer than four characters are none.
class WideRuns : public OctetSink
{
public:
    explicit WideRuns(OctetSink& text) : out_(text), next_(text) {}

    bool feed(std::string_view octets) override;
    void finish() override;

private:
    std::size_t skip_to_run(std::string_view octets, std::size_t at);
    void take(char octet);
    void end_run();

    OctetBuffer out_;
    OctetSink& next_;
    std::string front_;      // of a run that may be too short
    bool is_run_ = false;    // long enough
    std::size_t zeros_ = 0;  // since the last character
};

}  // namespace mail::privacy
