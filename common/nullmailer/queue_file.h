/// nullmailer's queue file, as nullmailer-queue writes it: the envelope, an empty line, the
/// message. Line ends are LF, and nothing is escaped. Pure; files and directories are left to the
/// callers.
///
///     web@app.example        the sender; an empty line is the null sender
///     r1@d.example           the recipients, a line each
///     r2@d.example
///                            an empty line
///     Subject: hi            the message, as the application gave it
#pragma once

#include <string>
#include <string_view>

#include "common/envelope.h"
#include "common/result.h"

namespace mail::nullmailer
{

struct QueueFile {
    Envelope envelope;         // smtputf8: an address is not ASCII
    std::string_view message;  // of the text given; line ends as they stand there
};

/// A CR at the end of an envelope line belongs to the line's end. `#@[]`, nullmailer's double
/// bounce, is the null sender. Addresses are not judged: whoever delivers does that for each.
///
/// errors  malformed: it ends before the empty line (cut, or still being written), or it has no
///         recipient
[[nodiscard]] Result<QueueFile> parse_queue_file(std::string_view text);

/// The same way back: what parse_queue_file() reads, in front of the message.
/// envelope  addresses without line ends, at least one recipient, none of them empty
[[nodiscard]] std::string queue_file_head(const Envelope& envelope);

/// "1795163247.4711": seconds since 1970 and a process number, as nullmailer-queue names a file.
[[nodiscard]] bool is_queue_file_name(std::string_view name);

}  // namespace mail::nullmailer
