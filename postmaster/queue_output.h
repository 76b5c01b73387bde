/// How the answers of a queue command are put out: as lines of JSON, as text, as another program's
/// list. Fed answer by answer, so that a list of a million mails needs no memory.
#pragma once

#include <iosfwd>
#include <memory>

#include "postmaster/command_line.h"
#include "postmaster/control_message.h"
#include "postmaster/terminal_text.h"

namespace postmaster
{

class QueueOutput
{
public:
    virtual ~QueueOutput() = default;
    virtual void take(const CommandAnswer& answer) = 0;
    /// After the last answer, where none failed as a whole.
    virtual void end() {}
    /// What the spool has to say beside the answer goes to the standard error. Not where another
    /// program takes each word there for a failure.
    virtual bool wants_complaints(const CommandAnswer&) const { return true; }
};

struct OutputPlace {
    std::ostream& out;
    bool is_terminal = false;
    Style style;
    std::int64_t now = 0;  // seconds since 1970
};

/// place  must outlive it
[[nodiscard]] std::unique_ptr<QueueOutput> make_queue_output(const CommandLine& command,
                                                             const OutputPlace& place);

}  // namespace postmaster
