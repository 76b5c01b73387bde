#include "postoffice/submit/keep_in_queue.h"

#include "common/clock.h"
#include "common/nullmailer/deferred_queue.h"

namespace postoffice::submit
{
namespace
{

using mail::Done;
using mail::Result;

Result<Done> write_key(const std::string& path, const std::string& key)
{
    mail::Files& files = mail::system_files();
    auto file = files.create_exclusive(path);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(key + "\n"); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    return (*file)->close();
}

}  // namespace

std::string key_path(const std::string& queue, const std::string& name)
{
    return queue + "/." + name + ".key";
}

Result<std::string> keep_in_queue(const std::string& queue, const mail::Record& record,
                                  const std::string& key)
{
    mail::Files& files = mail::system_files();
    if (auto ok = files.make_dir(queue); !ok) return std::move(ok).error();
    auto name = mail::nullmailer::put_into_queue(queue, record, record.envelope.recipients, files,
                                                 mail::system_clock());
    // Without its key the mail is kept all the same: rather twice than never.
    if (name && !key.empty()) static_cast<void>(write_key(key_path(queue, *name), key));
    return name;
}

}  // namespace postoffice::submit
