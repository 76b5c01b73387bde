#include "common/nullmailer/queue_directory.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "common/line_ends.h"
#include "common/nullmailer/queue_file.h"
#include "common/spool/record.h"

namespace mail::nullmailer
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr int kMostNumbered = 100;

/// The seconds at the front of nullmailer's names; others sort behind them.
std::uint64_t age_key(std::string_view name)
{
    std::uint64_t seconds = UINT64_MAX;
    std::from_chars(name.data(), name.data() + name.size(), seconds);
    return seconds;
}

std::string identity(const mail::FileStatus& status)
{
    return std::to_string(status.inode) + " " + std::to_string(status.size) + " " +
           std::to_string(status.modified_seconds) + "." +
           std::to_string(status.modified_nanoseconds);
}

mail::SpoolId id_of(const std::string& name, const mail::FileStatus& status)
{
    const std::string text = "nullmailer " + identity(status) + " " + name;
    return *mail::SpoolId::parse(mail::sha256_hex(text).substr(0, 32));
}

std::string numbered(const std::string& path, int number)
{
    return number == 0 ? path : path + "." + std::to_string(number);
}

}  // namespace

Writers system_writers(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return Writers::unknown;
    const bool is_ours = ::fcntl(file, F_SETLEASE, F_RDLCK) == 0;
    const bool is_written = !is_ours && (errno == EAGAIN || errno == EWOULDBLOCK);
    ::close(file);  // and the lease with it
    if (is_ours) return Writers::none;
    return is_written ? Writers::some : Writers::unknown;
}

QueueDirectory::QueueDirectory(std::string path, mail::Files& files, const mail::Clock& clock,
                               AskWriters ask_writers, std::uint64_t max_file_bytes)
    : path_(std::move(path)),
      files_(files),
      clock_(clock),
      ask_writers_(std::move(ask_writers)),
      max_file_bytes_(max_file_bytes)
{
}

std::string QueueDirectory::failed_dir() const
{
    return path_.substr(0, path_.rfind('/')) + "/failed";
}

Result<std::vector<std::string>> QueueDirectory::names()
{
    std::vector<std::string> names;
    const auto listed = files_.list(path_, [&](std::string_view name) {
        if (!name.starts_with('.')) names.emplace_back(name);
    });
    if (!listed) return listed.error();
    std::erase_if(names, [&](const std::string& name) {
        const auto status = files_.status(path_ + "/" + name);
        return status && !status->is_regular;
    });
    std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
        return std::make_pair(age_key(a), a) < std::make_pair(age_key(b), b);
    });
    return names;
}

/// A time ahead of the clock is no time at all: such a file is not young for ever.
bool QueueDirectory::is_young(const mail::FileStatus& status) const
{
    const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall().time_since_epoch());
    const std::int64_t age = now.count() - status.modified_seconds;
    return age >= 0 && age < kQueueFileRest.count();
}

Result<QueuedMail> QueueDirectory::read(const std::string& name)
{
    const std::string path = path_ + "/" + name;
    const Error unfinished{ErrorKind::conflict, path + " is still being written"};
    const auto before = files_.status(path);
    if (!before) return before.error();
    if (!before->is_regular) return Error{ErrorKind::missing, path + " is no mail any more"};
    const Writers writers = ask_writers_(path);
    if (writers == Writers::some) return unfinished;
    if (writers == Writers::unknown && is_young(*before)) return unfinished;

    const auto text = files_.read_all(path, max_file_bytes_);
    if (!text) return text.error();
    const auto after = files_.status(path);
    if (!after) return after.error();
    if (identity(*before) != identity(*after)) return unfinished;

    auto file = parse_queue_file(*text);
    if (!file && is_young(*before)) return unfinished;
    if (!file) return std::move(file).error();
    return QueuedMail{name, id_of(name, *before), std::move(file->envelope),
                      with_crlf_line_ends(file->message), before->modified_seconds};
}

Result<Done> QueueDirectory::remove(const std::string& name)
{
    auto gone = files_.unlink(path_ + "/" + name);
    if (!gone && gone.error().kind != ErrorKind::missing) return gone;
    return sync(path_);
}

/// Is `text` at `path`: of a run that was cut before it could remove the mail from the queue?
bool QueueDirectory::holds(const std::string& path, const std::string& text)
{
    const auto there = files_.read_all(path, kMaxQueueFileBytes);
    return there && *there == text;
}

Result<Done> QueueDirectory::make_failed_dir()
{
    if (auto ok = files_.make_dir(failed_dir()); !ok) return ok;
    const auto status = files_.status(failed_dir());
    if (status && status->is_link) return Error{ErrorKind::refused, failed_dir() + " is a link"};
    return Done{};
}

Result<Done> QueueDirectory::bury(const std::string& name)
{
    const std::string from = path_ + "/" + name;
    for (int number = 0; number < kMostNumbered; ++number) {
        const std::string place = numbered(failed_dir() + "/" + name, number);
        auto moved = files_.rename_new(from, place);
        if (!moved && moved.error().kind == ErrorKind::missing) return Done{};
        if (!moved && moved.error().kind == ErrorKind::conflict) {
            const auto text = files_.read_all(from, kMaxQueueFileBytes);
            if (!text || !holds(place, *text)) continue;
            if (auto ok = sync(failed_dir()); !ok) return ok;
            return remove(name);
        }
        if (!moved) return moved;
        if (auto ok = sync(failed_dir()); !ok) return ok;
        return sync(path_);
    }
    return Error{ErrorKind::conflict, "too many files of one name in " + failed_dir()};
}

Result<Done> QueueDirectory::bury(const std::string& name,
                                  const std::vector<std::string>& recipients)
{
    const auto text = files_.read_all(path_ + "/" + name, kMaxQueueFileBytes);
    if (!text && text.error().kind == ErrorKind::missing) return Done{};
    if (!text) return text.error();
    auto file = parse_queue_file(*text);
    if (!file) return std::move(file).error();
    if (file->envelope.recipients == recipients) return bury(name);
    file->envelope.recipients = recipients;
    const std::string rest = queue_file_head(file->envelope) + std::string(file->message);
    if (auto ok = write_failed(name, rest); !ok) return ok;
    return remove(name);
}

Result<Done> QueueDirectory::write_failed(const std::string& name, const std::string& text)
{
    const std::string aside = failed_dir() + "/." + name + ".new";
    if (auto gone = files_.unlink(aside); !gone && gone.error().kind != ErrorKind::missing)
        return gone;
    auto file = files_.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    if (auto ok = (*file)->close(); !ok) return ok;
    for (int number = 0; number < kMostNumbered; ++number) {
        const std::string place = numbered(failed_dir() + "/" + name, number);
        auto moved = files_.rename_new(aside, place);
        if (moved) return sync(failed_dir());
        if (moved.error().kind != ErrorKind::conflict) return moved;
        if (!holds(place, text)) continue;
        if (auto ok = files_.unlink(aside); !ok) return ok;
        return sync(failed_dir());
    }
    return Error{ErrorKind::conflict, "too many files of one name in " + failed_dir()};
}

}  // namespace mail::nullmailer
