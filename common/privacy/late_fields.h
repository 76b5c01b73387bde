/// Header fields behind a malformed line: a byte order mark, a name with 8-bit characters, a line
/// without a colon. Such a line ends the header (message_view.h), yet some programs read on.
#pragma once

#include <string_view>

#include "common/privacy/message_view.h"

namespace mail::privacy
{

/// Where a header ended without its empty line, `rest` begins with a malformed line. Gives what a
/// lenient reader would still take for header: all up to the empty line or the end, or nothing
/// where no field follows.
[[nodiscard]] std::string_view late_header(std::string_view rest);

/// Reads such a stretch: fields with their names, and what is malformed as fields without one.
class LateFieldReader
{
public:
    explicit LateFieldReader(std::string_view late) : late_(late) {}

    /// The next field into `field`, its offset in the stretch; false at the end.
    bool next(HeaderField& field);

private:
    std::string_view late_;
    std::size_t position_ = 0;
};

}  // namespace mail::privacy
