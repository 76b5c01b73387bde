#include "common/nullmailer/deferred_queue.h"

#include <unistd.h>

#include "common/line_ends.h"
#include "common/nullmailer/queue_file.h"

namespace mail::nullmailer
{
namespace
{

using mail::Done;
using mail::Error;
using mail::ErrorKind;
using mail::Result;

constexpr int kMostTries = 100;

Result<Done> write_synced(mail::Files& files, const std::string& path, const std::string& text)
{
    auto file = files.create_exclusive(path);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    return (*file)->close();
}

/// A second that is taken is left to whoever has it.
Result<std::string> move_in(mail::Files& files, const std::string& aside, const std::string& queue,
                            std::int64_t seconds)
{
    for (int i = 0; i < kMostTries; ++i) {
        const std::string name = std::to_string(seconds + i) + "." + std::to_string(::getpid());
        auto ok = files.rename_new(aside, queue + "/" + name);
        if (ok) ok = files.sync_dir(queue);
        if (ok) return name;
        if (ok.error().kind != ErrorKind::conflict) return std::move(ok).error();
    }
    return Error{ErrorKind::temporary, "no name is free in " + queue};
}

}  // namespace

Result<std::string> put_into_queue(const std::string& queue, const mail::Record& record,
                                   const std::vector<std::string>& recipients, mail::Files& files,
                                   const mail::Clock& clock)
{
    const std::string tmp = queue.substr(0, queue.rfind('/')) + "/tmp";
    if (auto ok = files.make_dir(tmp); !ok) return std::move(ok).error();
    mail::Envelope envelope = record.envelope;
    envelope.recipients = recipients;
    const std::string text = queue_file_head(envelope) + with_lf_line_ends(record.content);
    const std::string aside = tmp + "/postman." + record.id.hex();
    auto ok = write_synced(files, aside, text);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(clock.wall().time_since_epoch());
    auto name = ok ? move_in(files, aside, queue, seconds.count())
                   : Result<std::string>(std::move(ok).error());
    if (!name) static_cast<void>(files.unlink(aside));
    return name;
}

}  // namespace mail::nullmailer
