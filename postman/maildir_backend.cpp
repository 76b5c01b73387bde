#include "postman/maildir_backend.h"

#include "postman/line_ends.h"

namespace postman
{

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
    for (const char* part : {"", "/tmp", "/new", "/cur"})
        if (auto ok = files_.make_dir(directory_ + part); !ok) return Broken{ok.error().describe()};
    return std::nullopt;
}

mail::Result<mail::Done> MaildirBackend::write_durably(const std::string& file_name,
                                                       std::string_view text)
{
    const std::string aside = directory_ + "/tmp/" + file_name;
    const std::string ready = directory_ + "/new/" + file_name;
    // A run that died may have left it; one courier at a time has the state directory.
    if (auto gone = files_.unlink(aside); !gone && gone.error().kind != mail::ErrorKind::missing)
        return gone;
    auto file = files_.create_exclusive(aside);
    if (!file) return std::move(file).error();
    if (auto ok = (*file)->write_all(text); !ok) return ok;
    if (auto ok = (*file)->sync(); !ok) return ok;
    if (auto ok = (*file)->close(); !ok) return ok;
    auto ok = files_.rename_new(aside, ready);
    if (!ok && ok.error().kind == mail::ErrorKind::conflict)
        ok = files_.unlink(aside);  // there already
    if (!ok) return ok;
    return files_.sync_dir(directory_ + "/new");
}

std::variant<std::vector<Verdict>, Broken> MaildirBackend::deliver(
    const mail::Record& record, const std::vector<std::string>& recipients)
{
    const auto ok = write_durably(maildir_name(record.id), with_lf_line_ends(record.content));
    Verdict verdict;
    verdict.kind = ok ? mail::OutcomeKind::delivered : mail::OutcomeKind::deferred;
    if (!ok) verdict.reason = ok.error().describe();
    std::vector<Verdict> verdicts(recipients.size(), verdict);
    for (std::size_t i = 0; i < recipients.size(); ++i) verdicts[i].recipient = recipients[i];
    return verdicts;
}

}  // namespace postman
