/// A file of lines in the spool's state/ that grows at its end, up to a limit; then the older half
/// goes. For what it is a pity, but never a loss of mail, to lose: reports and counts.
///
/// A crash can tear the last line. It is passed over, and the next one is written in its place.
/// What a line means, and whether it is sound, is its reader's business.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.h"
#include "common/spool/files.h"

namespace postmaster
{

class BoundedLines
{
public:
    /// max_bytes  of the file; one line is far shorter
    BoundedLines(std::string path, std::uint64_t max_bytes, mail::Files& files);

    /// The lines that are there, oldest first. Call once, before append(). A file that is missing
    /// has none; one that is far over the limit is nobody's work of this program, and goes.
    /// errors  temporary: it cannot be read or written
    [[nodiscard]] mail::Result<std::vector<std::string>> open();

    /// After an error the line is not there, and the next one takes its place.
    ///
    /// line    holds no LF
    /// blocks  for one write and one sync
    [[nodiscard]] mail::Result<mail::Done> append(std::string_view line);

private:
    mail::Result<mail::Done> begin_anew(std::uint64_t bytes);
    mail::Result<mail::Done> replace(std::string_view content);
    mail::Result<mail::Done> sync_name();

    std::string path_;
    std::uint64_t max_bytes_;
    mail::Files& files_;
    std::unique_ptr<mail::OutFile> file_;
    std::uint64_t end_ = 0;  // where the next line goes
};

/// The lines of such a file, without their ends. Pure: any bytes are some lines, or none.
[[nodiscard]] std::vector<std::string_view> whole_lines(std::string_view content);

/// The newer lines of such a content, of at most `bytes`.
[[nodiscard]] std::string_view newer_lines(std::string_view content, std::uint64_t bytes);

/// The content of such a file, for who only reads it; empty if it is missing.
/// errors  temporary: it cannot be read
[[nodiscard]] mail::Result<std::string> read_bounded_lines(const std::string& path,
                                                           std::uint64_t max_bytes,
                                                           mail::Files& files);

}  // namespace postmaster
