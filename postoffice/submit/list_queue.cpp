#include "postoffice/submit/list_queue.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>

#include "common/clock.h"
#include "common/nullmailer/queue_directory.h"
#include "common/spool/record.h"
#include "common/spool/spool_layout.h"
#include "postoffice/submit/mailq_text.h"

namespace postoffice::submit
{
namespace
{

using mail::nullmailer::QueueDirectory;

constexpr std::uint64_t kMaxRecordBytes = std::uint64_t{1} << 30;

/// False: not allowed. What is not there has no mail.
bool may_read(const mail::Error& error)
{
    if (error.sys_errno == ENOENT || error.kind == mail::ErrorKind::missing) return true;
    std::cerr << "mailq: " << error.describe() << "\n";
    return false;
}

bool list_kept(const std::string& queue)
{
    mail::Files& files = mail::system_files();
    QueueDirectory directory(queue, files, mail::system_clock(), mail::nullmailer::system_writers);
    const auto names = directory.names();
    if (!names) return may_read(names.error());
    int of_others = 0;
    for (const std::string& name : *names) {
        const std::string path = queue + "/" + name;
        if (::access(path.c_str(), F_OK) == 0 && ::access(path.c_str(), R_OK) != 0) ++of_others;
        const auto mail = directory.read(name);
        const auto status = files.status(path);
        if (mail && status) std::cout << mailq_text(mail->envelope, mail->queued_at, status->size);
    }
    if (of_others != 0)
        std::cerr << "mailq: " << of_others << " mails of other users are not shown\n";
    return of_others == 0;
}

bool list_spool(const mail::SpoolLayout& layout)
{
    mail::Files& files = mail::system_files();
    std::vector<std::string> names;
    const auto listed = files.list(layout.messages_dir(),
                                   [&names](std::string_view name) { names.emplace_back(name); });
    if (!listed) return may_read(listed.error());
    std::sort(names.begin(), names.end());
    for (const std::string& file : names) {
        const auto name = mail::SpoolLayout::parse(file);
        if (!name) continue;
        const std::string path = layout.messages_dir() + "/" + file;
        const auto status = files.status(path);
        const auto text = files.read_all(path, kMaxRecordBytes);
        if (!status || !text) continue;  // handed out just now
        const auto record = mail::decode_record(*text, name->id);
        if (!record) continue;
        std::cout << mailq_text(record->envelope, status->modified_seconds, record->content.size());
    }
    return true;
}

}  // namespace

int list_queue(const Settings& settings)
{
    bool is_allowed = settings.queue.empty() || list_kept(settings.queue);
    is_allowed = list_spool(mail::SpoolLayout(settings.spool)) && is_allowed;
    std::cout.flush();
    return is_allowed ? 0 : mail::kExitNoPermission;
}

}  // namespace postoffice::submit
