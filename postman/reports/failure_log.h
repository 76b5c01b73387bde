/// The failures since the last summary, on the disk: a line of JSON each, synced. A crash loses
/// none; a failure that is told twice stands there once.
///
///     failures           since the last summary
///     failures.sending   the summary at work; with the same text it becomes the same mail
///     last-summary       when, in seconds since 1970
#pragma once

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/clock.h"
#include "common/spool/files.h"
#include "postman/reports/notice_mail.h"

namespace postman
{

class FailureLog
{
public:
    /// directory  exists
    FailureLog(std::string directory, mail::Files& files, const mail::Clock& clock);

    /// Durable when it returns.
    [[nodiscard]] mail::Result<mail::Done> add(const std::vector<FailureEntry>& entries);

    struct Due {
        std::vector<FailureEntry> entries;
        std::string text;  // of the file: what the summary's id is made of
    };
    /// What the next summary has to tell, when it is time: at once after a quiet day, else `every`
    /// after the last one. The same again until sent() is said.
    [[nodiscard]] mail::Result<std::optional<Due>> due(std::chrono::seconds every);
    [[nodiscard]] mail::Result<mail::Done> sent();

private:
    bool is_time(std::chrono::seconds every);
    mail::Result<mail::Done> append(std::uint64_t size, const std::string& lines);
    mail::Result<mail::Done> write_anew(const std::string& lines);
    mail::Result<mail::Done> replace(const std::string& name, const std::string& text);
    mail::Result<std::string> read(const std::string& name);
    std::string path(const std::string& name) const { return directory_ + "/" + name; }

    const std::string directory_;
    mail::Files& files_;
    const mail::Clock& clock_;
    std::mutex mutex_;
    bool is_given_up_ = false;  // a write or a sync of `failures` failed: it is made anew
};

/// Pure. One line with its end, and back; lines that are none are passed over, and of several about
/// the same (id, recipient) the first counts.
[[nodiscard]] std::string encode_failure(const FailureEntry& entry);
[[nodiscard]] std::vector<FailureEntry> parse_failures(std::string_view text);

}  // namespace postman
