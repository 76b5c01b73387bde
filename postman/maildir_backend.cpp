#include "postman/maildir_backend.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "common/line_ends.h"
#include "common/spool/whole_file.h"

namespace postman
{
namespace
{

std::string parent_of(const std::string& path)
{
    const auto parent = std::filesystem::path(path + "/.").parent_path().parent_path();
    return parent.empty() ? "." : parent.string();
}

}  // namespace

std::string maildir_name(const mail::SpoolId& id)
{
    return std::to_string(id.unix_milliseconds().value_or(0) / 1000) + "." + id.hex() + ".postman";
}

MaildirBackend::MaildirBackend(std::string directory, mail::Files& files)
    : directory_(std::move(directory)), files_(files)
{
}

std::optional<Broken> MaildirBackend::check()
{
    const bool is_new = !files_.status(directory_ + "/new");
    for (const char* part : {"", "/tmp", "/new", "/cur"})
        if (auto ok = files_.make_dir(directory_ + part); !ok) return Broken{ok.error().describe()};
    if (!is_new) return std::nullopt;
    // Mail is only as durable as the names of the directories that it lies in.
    for (const std::string& made_in : {directory_, parent_of(directory_)})
        if (auto ok = files_.sync_dir(made_in); !ok && ok.error().sys_errno != EACCES)
            return Broken{ok.error().describe()};
    return std::nullopt;
}

std::optional<Broken> MaildirBackend::rehearse()
{
    const bool is_there = static_cast<bool>(files_.status(directory_));
    for (const char* part : {"/tmp", "/new"}) {
        std::string place = is_there ? directory_ : parent_of(directory_);
        if (files_.status(directory_ + part)) place = directory_ + part;
        if (::access(place.c_str(), W_OK | X_OK) == 0) continue;
        return Broken{"cannot write in " + place + ": " + std::strerror(errno)};
    }
    return std::nullopt;
}

mail::Result<mail::Done> MaildirBackend::write_durably(const std::string& file_name,
                                                       std::string_view text)
{
    const std::string aside = directory_ + "/tmp/" + file_name;
    const std::string ready = directory_ + "/new/" + file_name;
    if (auto ok = mail::write_whole_file(files_, aside, ready, text); !ok) return ok;
    return files_.sync_dir(directory_ + "/new");
}

std::variant<std::vector<Verdict>, Broken> MaildirBackend::deliver(
    const mail::Record& record, const std::vector<std::string>& recipients)
{
    const auto ok = write_durably(maildir_name(record.id), mail::with_lf_line_ends(record.content));
    Verdict verdict;
    verdict.kind = ok ? mail::OutcomeKind::delivered : mail::OutcomeKind::deferred;
    if (!ok) verdict.reason = ok.error().describe();
    std::vector<Verdict> verdicts(recipients.size(), verdict);
    for (std::size_t i = 0; i < recipients.size(); ++i) verdicts[i].recipient = recipients[i];
    return verdicts;
}

}  // namespace postman
